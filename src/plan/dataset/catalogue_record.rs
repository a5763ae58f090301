//! The open data as a record for other catalogues: DCAT-AP-NL 3.0.
//!
//! The [profile](https://docs.geostandaarden.nl/dcat/dcat-ap-nl30/) asks of a catalogue: title, description, publisher, one contact
//! point, a dataset; of a dataset: title, description, publisher, creator, one contact point, one identifier, access rights, a
//! theme; of a distribution: one access address and a licence; of a catalogue record: modified, primary topic, language. These
//! are the shapes `dcat-ap-nl-SHACL.ttl` (Geonovum/DCAT-AP-NL30) over those of DCAT-AP 3.0 (SEMICeu/DCAT-AP), which also ask for
//! the name of an agent. Recommended and given: keywords, language, landing page, documentation, standards, dates and sizes.

use super::Export;
use super::Published;
use super::rdf::{Node, Object};

/// The theme of the data: "Population and society" of the [EU's list](https://publications.europa.eu/resource/authority/data-theme).
const THEME: &str = "http://publications.europa.eu/resource/authority/data-theme/SOCI";

/// The name of the theme, which the list gives in these languages.
const THEME_NAMES: [(&str, &str); 2] = [("Bevolking en samenleving", "nl"), ("Population and society", "en")];

/// How often the data change: when an editor changes something.
const FREQUENCY: &str = "http://publications.europa.eu/resource/authority/frequency/IRREG";

/// Everybody may have the data.
const PUBLIC: &str = "http://publications.europa.eu/resource/authority/access-right/PUBLIC";

/// The profile that the record conforms to.
const PROFILE: &str = "https://docs.geostandaarden.nl/dcat/dcat-ap-nl30/";

/// Where the [IANA](https://www.iana.org/assignments/media-types/) keeps media types.
const MEDIA_TYPES: &str = "https://www.iana.org/assignments/media-types/";

/// Where the EU keeps types of files.
const FILE_TYPES: &str = "http://publications.europa.eu/resource/authority/file-type/";

/// The code of a language in the [EU's list](https://publications.europa.eu/resource/authority/language), by ISO 639-1.
const LANGUAGES: [(&str, &str); 11] = [
    ("ar", "ARA"),
    ("de", "DEU"),
    ("en", "ENG"),
    ("es", "SPA"),
    ("fr", "FRA"),
    ("fy", "FRY"),
    ("it", "ITA"),
    ("nl", "NLD"),
    ("pl", "POL"),
    ("tr", "TUR"),
    ("uk", "UKR"),
];

/// The address by which catalogues know a licence: for Creative Commons without the page in a reader's language.
pub fn licence_iri(url: &str) -> String {
    let Some((_, path)) = url.split_once("creativecommons.org/") else { return url.to_owned() };
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let version = parts.iter().position(|part| part.starts_with(|first: char| first.is_ascii_digit()));
    match version {
        Some(at) => format!("http://creativecommons.org/{}/", parts[..=at].join("/")),
        None => url.to_owned(),
    }
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

impl Export<'_> {
    /// The address of a thing of the catalogue.
    fn thing(&self, name: &str) -> String {
        format!("{}{}#{name}", self.site.config.base_url, super::CATALOGUE_TURTLE)
    }

    fn address_of(&self, file: &str) -> String {
        format!("{}{file}", self.site.config.base_url)
    }

    fn in_all_languages(&self, text: impl Fn(&str) -> String) -> Vec<Object> {
        let all = self.site.config.languages.iter().map(|language| (text(language), language.clone()));
        all.filter(|(text, _)| !text.is_empty()).map(|(text, language)| Object::Text(text, language)).collect()
    }

    fn language_iris(&self) -> Vec<Object> {
        let codes = self.site.config.languages.iter().filter_map(|language| {
            let short = language.split('-').next().unwrap_or(language);
            LANGUAGES.iter().find(|(code, _)| *code == short)
        });
        codes.map(|(_, code)| Object::iri(&format!("http://publications.europa.eu/resource/authority/language/{code}"))).collect()
    }

    /// Catalogue, record, dataset, a distribution per file, and the things that they name.
    pub(super) fn catalogue_record(&self, published: &[Published]) -> Vec<Node> {
        let today = [Object::Typed(self.site.graph.today.to_string(), "xsd:date")];
        let publisher =
            if is_web(&self.site.config.publisher.url) { self.site.config.publisher.url.clone() } else { self.thing("publisher") };
        let licence = licence_iri(&self.site.config.licence.url);
        let licence = if is_web(&licence) { vec![Object::iri(&licence)] } else { Vec::new() };
        let title = self.in_all_languages(|language| self.site.config.title.get(language).to_owned());
        let description = self.in_all_languages(|language| match self.site.config.description.get(language) {
            "" => self.site.config.title.get(language).to_owned(),
            description => description.to_owned(),
        });
        let files: Vec<&Published> = published.iter().filter(|file| file.is_distribution()).collect();
        let home = self.address_of(&self.site.addresses.home(self.site.config.first_language()));
        let landing = self.address_of(super::INDEX);
        let documentation = self.address_of(super::README);
        let dictionary = self.address_of(super::DICTIONARY_JSON);
        let mut nodes = vec![
            Node::new(&self.thing("catalog"), "dcat:Catalog")
                .with("dct:title", title.clone())
                .with("dct:description", description.clone())
                .with("dct:publisher", [Object::iri(&publisher)])
                .with("dct:creator", [Object::iri(&publisher)])
                .with("dcat:contactPoint", [Object::iri(&self.thing("contact"))])
                .with("foaf:homepage", [Object::iri(&home)])
                .with("dct:language", self.language_iris())
                .with("dct:license", licence.clone())
                .with("dct:issued", today.clone())
                .with("dct:modified", today.clone())
                .with("dcat:record", [Object::iri(&self.thing("record"))])
                .with("dcat:dataset", [Object::iri(&self.thing("dataset"))]),
            Node::new(&self.thing("record"), "dcat:CatalogRecord")
                .with("foaf:primaryTopic", [Object::iri(&self.thing("dataset"))])
                .with("dct:conformsTo", [Object::iri(PROFILE)])
                .with("dct:language", self.language_iris())
                .with("dct:issued", today.clone())
                .with("dct:modified", today.clone()),
            Node::new(&self.thing("dataset"), "dcat:Dataset")
                .with("dct:identifier", [Object::Typed(self.thing("dataset"), "")])
                .with("dct:title", title)
                .with("dct:description", description)
                .with("dct:publisher", [Object::iri(&publisher)])
                .with("dct:creator", [Object::iri(&publisher)])
                .with("dcat:contactPoint", [Object::iri(&self.thing("contact"))])
                .with("dcat:theme", [Object::iri(THEME)])
                .with("dcat:keyword", self.keywords())
                .with("dct:accessRights", [Object::iri(PUBLIC)])
                .with("dct:accrualPeriodicity", [Object::iri(FREQUENCY)])
                .with("dct:language", self.language_iris())
                .with("dct:issued", today.clone())
                .with("dct:modified", today.clone())
                .with("dct:conformsTo", [Object::iri(&dictionary)])
                .with("dcat:landingPage", [Object::iri(&landing)])
                .with("foaf:page", [Object::iri(&documentation)])
                .with("dcat:distribution", files.iter().map(|file| Object::iri(&self.thing(&file.anchor())))),
        ];
        nodes.extend(files.iter().map(|file| self.distribution(file, &licence, &today)));
        let name = self.in_all_languages(|language| self.publisher_name(language));
        nodes.push(Node::new(&publisher, "foaf:Agent").with("foaf:name", name.clone()));
        let mail = &self.site.config.publisher.email;
        nodes.push(
            Node::new(&self.thing("contact"), "vcard:Kind")
                .with("vcard:fn", name)
                .with("vcard:hasEmail", (!mail.is_empty()).then(|| Object::iri(&format!("mailto:{mail}"))))
                .with("vcard:hasURL", mail.is_empty().then(|| Object::iri(&home))),
        );
        nodes.extend(self.named_things(&licence, &files, &[&home, &landing, &documentation], &dictionary));
        nodes
    }

    fn publisher_name(&self, language: &str) -> String {
        let name = self.site.config.publisher.name.get(language);
        if name.is_empty() { self.site.config.title.get(language).to_owned() } else { name.to_owned() }
    }

    fn keywords(&self) -> Vec<Object> {
        let kinds = self.site.schema.kinds.iter().filter(|kind| !kind.address.is_empty());
        kinds.flat_map(|kind| self.in_all_languages(|language| kind.plural.get(language).to_owned())).collect()
    }

    fn distribution(&self, file: &Published, licence: &[Object], today: &[Object]) -> Node {
        let address = self.address_of(&file.address);
        Node::new(&self.thing(&file.anchor()), "dcat:Distribution")
            .with(
                "dct:title",
                self.in_all_languages(|language| format!("{} ({})", self.site.words(language).text(file.group.words()), file.name())),
            )
            .with("dct:description", self.in_all_languages(|language| self.description(file, language)))
            .with("dcat:accessURL", [Object::iri(&address)])
            .with("dcat:downloadURL", [Object::iri(&address)])
            .with("dcat:mediaType", [Object::iri(&format!("{MEDIA_TYPES}{}", file.media_type))])
            .with("dct:format", [Object::iri(&format!("{FILE_TYPES}{}", file.format))])
            .with("dcat:byteSize", [Object::Typed(file.bytes.len().to_string(), "xsd:nonNegativeInteger")])
            .with("dct:license", licence.iter().cloned())
            .with("dct:language", self.language_iris())
            .with("dct:issued", today.iter().cloned())
            .with("dct:modified", today.iter().cloned())
            .with("dct:conformsTo", [Object::iri(&self.standard_of(file))])
    }

    /// What says how a file is made up: its JSON Schema, else the standard of its format.
    fn standard_of(&self, file: &Published) -> String {
        match (&file.schema, file.media_type) {
            (Some(schema), _) => self.address_of(schema),
            (None, super::csv::MEDIA_TYPE) => "https://www.rfc-editor.org/info/rfc4180".to_owned(),
            (None, super::json::MEDIA_TYPE) => "https://www.rfc-editor.org/info/rfc8259".to_owned(),
            (None, _) => "https://jsonlines.org/".to_owned(),
        }
    }

    /// The types of all things that are named, so that a validator need not fetch them.
    fn named_things(&self, licence: &[Object], files: &[&Published], pages: &[&str], dictionary: &str) -> Vec<Node> {
        let mut things = Vec::new();
        for object in licence {
            let Object::Iri(iri) = object else { continue };
            let is_cc0 = iri == "http://creativecommons.org/publicdomain/zero/1.0/";
            let same = is_cc0.then(|| Object::iri("http://publications.europa.eu/resource/authority/licence/CC0"));
            things.push(Node::new(iri, "dct:LicenseDocument").with("skos:exactMatch", same));
        }
        let names = THEME_NAMES.map(|(name, language)| Object::Text(name.to_owned(), language.to_owned()));
        things.push(Node::new(THEME, "skos:Concept").with("skos:prefLabel", names));
        things.push(Node::new(FREQUENCY, "dct:Frequency"));
        things.push(Node::new(PUBLIC, "dct:RightsStatement"));
        for object in self.language_iris() {
            if let Object::Iri(iri) = object {
                things.push(Node::new(&iri, "dct:LinguisticSystem"));
            }
        }
        things.extend(pages.iter().map(|page| Node::new(page, "foaf:Document")));
        let mut standards = vec![PROFILE.to_owned(), dictionary.to_owned()];
        standards.extend(files.iter().map(|file| self.standard_of(file)));
        let media_types = files.iter().map(|file| format!("{MEDIA_TYPES}{}", file.media_type)).collect();
        let formats = files.iter().map(|file| format!("{FILE_TYPES}{}", file.format)).collect();
        for (mut iris, ty) in [(standards, "dct:Standard"), (media_types, "dct:MediaType"), (formats, "dct:MediaTypeOrExtent")] {
            iris.sort();
            iris.dedup();
            things.extend(iris.iter().map(|iri| Node::new(iri, ty)));
        }
        things
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_is_known_by_one_address() {
        for written in ["https://creativecommons.org/publicdomain/zero/1.0/deed.nl", "http://creativecommons.org/publicdomain/zero/1.0/"] {
            assert_eq!(licence_iri(written), "http://creativecommons.org/publicdomain/zero/1.0/");
        }
        assert_eq!(licence_iri("https://example.org/terms"), "https://example.org/terms");
    }
}
