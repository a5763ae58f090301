//! What a Dutch word is made from: the verb of a participle (*geregistreerd*), the noun of a diminutive (*lampjes*).
//!
//! `search-words.js` does the same with the words of a query; `tests/vectors/analysis.json` holds both to one behaviour.

/// What may stand before *ge* in a participle: *opgeleid* is of *opleiden*.
const PARTICLES: [&str; 16] =
    ["", "aan", "af", "bij", "door", "in", "mee", "na", "om", "op", "over", "samen", "terug", "toe", "uit", "voor"];
/// What stands behind *ge* in words that look like participles and are none: *gebied*, *gezicht*, *gemiddeld*.
const NO_VERBS: [&str; 14] =
    ["beurt", "bied", "boort", "dacht", "luid", "meent", "middeld", "recht", "richt", "schikt", "wicht", "woont", "zicht", "zond"];

/// The words that a folded Dutch word may come from, most of which do not exist: whoever asks must look whether they do.
pub fn candidates(word: &str) -> Vec<String> {
    if !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Vec::new();
    }
    let mut found = participle(word);
    found.extend(diminutive(word));
    found
}

fn participle(word: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, ge) in word.match_indices("ge") {
        let (particle, rest) = (&word[..at], &word[at + ge.len()..]);
        if !PARTICLES.contains(&particle) {
            continue;
        }
        let core = rest.strip_suffix("en").or_else(|| rest.strip_suffix('e')).unwrap_or(rest);
        if core.len() < 4 || !core.ends_with(['d', 't']) || NO_VERBS.contains(&core) {
            continue;
        }
        // The last letter may be the participle's (gebeld) or the verb's own (gemeld).
        found.extend([format!("{particle}{}", &core[..core.len() - 1]), format!("{particle}{core}")]);
    }
    found
}

fn diminutive(word: &str) -> Vec<String> {
    let Some(base) = word.strip_suffix('s').unwrap_or(word).strip_suffix("je").filter(|base| base.len() >= 3) else { return Vec::new() };
    let mut found = vec![base.to_owned()];
    if let Some(shorter) = base.strip_suffix('t') {
        // tuintje, autootje
        let single = ["aa", "oo", "uu"].iter().any(|double| shorter.ends_with(double));
        found.push(if single { &shorter[..shorter.len() - 1] } else { shorter }.to_owned());
    }
    // dingetje, boompje
    found.extend(base.strip_suffix("et").filter(|shorter| shorter.len() >= 3).map(str::to_owned));
    found.extend(base.strip_suffix('p').filter(|shorter| shorter.ends_with('m')).map(str::to_owned));
    found
}

/// Those of the candidates that are words, or the stem of a verb; `is_word` knows.
pub fn bases(word: &str, is_word: impl Fn(&str) -> bool) -> Vec<String> {
    let is_base = |candidate: &String| is_word(candidate) || infinitives(candidate).iter().any(|infinitive| is_word(infinitive));
    candidates(word).into_iter().filter(is_base).collect()
}

/// How the infinitive of a verb with this stem may be spelled: meld/melden, bel/bellen, huur/huren, leef/leven.
fn infinitives(stem: &str) -> Vec<String> {
    let mut found = vec![format!("{stem}en")];
    let Some(last) = stem.chars().next_back() else { return found };
    found.push(format!("{stem}{last}en"));
    let rest = &stem[..stem.len() - 1];
    let open = if ["aa", "ee", "oo", "uu"].iter().any(|double| rest.ends_with(double)) { &rest[..rest.len() - 1] } else { rest };
    let voiced = match last {
        'f' => 'v',
        's' => 'z',
        other => other,
    };
    found.push(format!("{open}{voiced}en"));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn participles_lead_to_their_verb_and_diminutives_to_their_noun() {
        let words = ["registreren", "bellen", "melden", "leiden", "opleiden", "huren", "leven", "splitsen", "lamp", "tuin", "boom", "ding"];
        let found = |word: &str| bases(word, |candidate| words.contains(&candidate)).join(" ");
        for (word, base) in [
            ("geregistreerd", "registreer"),
            ("geregistreerde", "registreer"),
            ("gebeld", "bel"),
            ("gemeld", "meld"),
            ("opgeleid", "opleid"),
            ("gehuurd", "huur"),
            ("geleefd", "leef"),
            ("gesplitste", "splits"),
            ("lampjes", "lamp"),
            ("tuintje", "tuin"),
            ("boompje", "boom"),
            ("dingetjes", "ding"),
            ("gebied", ""),
            ("gemeente", ""),
            ("gezin", ""),
        ] {
            assert_eq!(found(word), base, "{word}");
        }
    }

    #[test]
    fn candidates_are_those_that_the_browser_looks_for() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/vectors/analysis.json")).expect("the vectors are JSON");
        for (word, expected) in vectors["candidates"].as_object().expect("by word") {
            assert_eq!(serde_json::json!(candidates(word)), *expected, "{word}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_word_has_candidates_or_none(word in "\\PC{0,40}|[a-z]{0,40}") {
            for candidate in candidates(&word) {
                proptest::prop_assert!(candidate.len() < word.len());
            }
        }
    }
}
