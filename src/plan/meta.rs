//! The tags by which Google Scholar and reference managers recognise a page that can be cited (Highwire Press).
//!
//! <https://scholar.google.com/intl/en/scholar/inclusion.html#indexing>

use tera::Value as Data;

use super::Planner;
use super::cite::{Author, Item};
use super::data::{object, text};
use crate::date::PartialDate;
use crate::document::value::Value;
use crate::graph::EntityIndex;
use crate::schema::Role;

/// Types of schema.org whose pages are works of this site. A page about somebody else's work must not pass for that work.
const CITABLE_PAGES: [&str; 3] = ["Claim", "Question", "ResearchProject"];

impl Planner {
    /// The tags of an entity's page, each with a name and a content; none for pages that are no works of this site.
    pub(super) fn highwire(&self, index: EntityIndex, language: &str) -> Vec<Data> {
        let entity = self.graph.entity(index);
        let kind = self.schema.kind(entity.kind);
        let is_work = kind.schema_org.as_deref().is_some_and(|own_type| CITABLE_PAGES.contains(&own_type));
        if entity.removed || kind.citable || !is_work {
            return Vec::new();
        }
        let site = self.config.title.get(language);
        let publisher = Some(self.config.publisher.name.get(language)).filter(|name| !name.is_empty()).unwrap_or(site);
        // Where the schema lets such a page have authors or a DOI of its own, they are stated.
        let item = Item::of_source(&self.schema, entity, language);
        let mut tags = vec![("citation_title", entity.text(&self.schema, Role::Title, language).to_owned())];
        if item.authors.is_empty() {
            tags.push(("citation_author", publisher.to_owned()));
        }
        tags.extend(item.authors.iter().map(|author| ("citation_author", name(author))));
        tags.push(("citation_publication_date", self.page_date(index).map(slashed).unwrap_or_default()));
        let updated = super::cite::public_value(&self.schema, entity, Role::Updated).and_then(Value::as_date);
        tags.push(("citation_online_date", updated.map(slashed).unwrap_or_default()));
        tags.push(("citation_publisher", publisher.to_owned()));
        tags.push(("citation_language", entity.document(language).language.clone()));
        tags.push(("citation_public_url", self.permalink(index, language)));
        tags.push(("citation_doi", item.doi));
        tags.push(("citation_journal_title", item.container));
        tags.push(("citation_volume", item.volume));
        tags.push(("citation_issue", item.issue));
        let stated = tags.into_iter().filter(|(_, content)| !content.is_empty());
        stated.map(|(name, content)| object([("name", text(name)), ("content", text(content))])).collect()
    }
}

/// `Sanne van der Berg`
fn name(author: &Author) -> String {
    match author {
        Author::Organisation(name) => name.clone(),
        Author::Person { family, given, particle } => {
            [given.as_str(), particle, family].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
        }
    }
}

/// `2021/12/13`, or as much of it as is known.
fn slashed(date: PartialDate) -> String {
    date.to_string().replace('-', "/")
}
