//! The editors' desk: whatever asks for care stands in its list, with the file to open.

use crate::preview::Preview;
use crate::support::Site;

const HARD: &str = "De arbeidsmarktdiscriminatieproblematiek noodzaakt uitvoeringsorganisaties tot organisatieoverstijgende \
                    samenwerkingsverbanden waarbinnen verantwoordelijkheden gedifferentieerd worden belegd.";

/// What a list holds, from its head to the next.
fn list<'a>(desk: &'a str, key: &str) -> &'a str {
    let from = desk.split_once(&format!("id=\"list-{key}\"")).unwrap_or_else(|| panic!("no list {key} in {desk}")).1;
    from.split("<details").next().unwrap_or(from)
}

#[test]
fn whatever_asks_for_care_stands_in_its_list_with_its_file() {
    let plant = |name: &str, more: &str| format!("---\nnaam: {name}\nkern: Bloeit lang.\nhoogte: 20\nstaat_in: b-01\n{more}---\n");
    let job = |name: &str, text: &str| format!("---\nnaam: {name}\nstand: open\ngaat_over: p-0001\n---\n\n{text}\n");
    let long = "Wie hier werkt ".to_owned() + &"en daarna nog een keer terug loopt naar de schuur ".repeat(6) + "is moe.";
    let care = "desk:\n  zonder-foto:\n    kind: plant\n    title: {nl: Zonder foto, en: Without a picture}\n    \
                help: {nl: Zoek een foto., en: Find a picture.}\n    when: {field: foto_van, present: false}\n";
    let schema = Site::of_fixture("base").text("schema.yaml");
    let site = Site::of_fixture("base")
        .with("schema.yaml", schema + "\n" + care)
        .edit("schema.yaml", "hoogte: {type: number,", "hoogte: {type: number, required: true,")
        .edit(
            "schema.yaml",
            "      betekenis:",
            "      liever_niet: {type: text, list: true, role: deprecated, label: {nl: Liever niet, en: Rather not}}\n      betekenis:",
        )
        .with("content/woorden/strooisel.md", "---\nwoord: strooisel\nbetekenis: Wat op de grond ligt.\nliever_niet: [bladafval]\n---\n")
        .with("content/planten/p-0003-schets.md", plant("Schets", "concept: true\n"))
        .with("content/planten/p-0004-regen.md", plant("Blauwe regen", "").replace("hoogte: 20", "hoogte: niet_bekend"))
        .with("content/planten/p-0005-wit.md", plant("Grote witte margriet", ""))
        .with("content/planten/p-0006-groot.md", plant("Witte grote margriet", ""))
        .with("content/planten/p-0007-zwaar.md", plant("Zwaar", "").replace("Bloeit lang.", HARD))
        .with("content/planten/p-0009-kapot.md", "---\nnaam: Kapot\nkern: Bloeit.\nhoogte: 20\nstaat_in: b-99\n---\n")
        .with("content/klussen/k-0003-snoeien.md", job("Regen snoeien", "Snoei de Blauwe regen."))
        .with("content/klussen/k-0004-vegen.md", job("Vegen", "Neem het bladafval mee."))
        .with("content/klussen/k-0005-lopen.md", job("Lopen", &long))
        .with("content/bronnen/vergeten-2020.md", "---\ntitel: Vergeten boek\njaar: 2020\n---\n");
    let preview = Preview::with(&site, &[]);
    let desk = preview.get("/_via/?lang=nl").body;
    for (key, file) in [
        ("drafts", "content/planten/p-0003-schets.md"),
        ("zonder-foto", "content/planten/p-0005-wit.md"),
        ("gaps", "content/planten/p-0004-regen.md"),
        ("orphans", "content/bronnen/vergeten-2020.md"),
        ("unlinked", "content/klussen/k-0003-snoeien.md"),
        ("twins", "content/planten/p-0006-groot.md"),
        ("dated", "content/klussen/k-0004-vegen.md"),
        ("sentences", "content/klussen/k-0005-lopen.md"),
        ("level", "content/planten/p-0007-zwaar.md"),
    ] {
        let items = list(&desk, key);
        assert!(items.contains(file), "{key}: {items}");
        assert!(!items.contains("content/klussen/k-0002"), "{key} holds what asks for no care: {items}");
    }
    assert!(desk.contains("content/planten/p-0009-kapot.md") && desk.contains("b-99"), "errors are there as well");
}
