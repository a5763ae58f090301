//! Feeds: an entry is a change that readers should know of, told by the entity itself or decided by another one.
//!
//! Two things make an entry. An entity says in its list of changes that a change is a major one; or an entity with a date,
//! such as a decision, has a list of records each of which points at what it changes and says why. Lesser changes make none.
//!
//! The feeds stand beside the page whose news they carry: `feed.xml` in the folder of the front page and of each kind's list,
//! `<id>.feed.xml` beside the page of an entity (an id has no full stop, so no page can want that address); with `.json` for
//! the same entries as JSON Feed. Their bytes depend on the content and never on the day of the build.

mod atom;
mod entry;
mod json_feed;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use tera::Value as Data;

pub(super) use self::atom::xml_text;
pub(super) use self::entry::Line;
use self::entry::{Item, midnight};
use super::data::{object, text};
use super::list::capital;
use super::{File, Planner};
use crate::document::value::Value;
use crate::graph::{Edge, EntityIndex};
use crate::schema::{Field, FieldPath, KindIndex, Name, Role, field_at};

/// A feed is news: of more entries than this, the oldest are on the pages only.
const MOST: usize = 50;

/// What a feed, a calendar or another file for machines is about.
#[derive(Debug, Clone, Copy)]
enum Scope {
    Site,
    Kind(KindIndex),
    Entity(EntityIndex),
}

/// A feed in one language, whatever its format.
struct Feed<'a> {
    title: String,
    subtitle: &'a str,
    language: &'a str,
    /// Address of the page that it belongs to, in full.
    page: String,
    /// RFC 3339.
    updated: String,
    author: &'a str,
    author_url: &'a str,
    licence: &'a str,
    licence_url: &'a str,
    items: Vec<&'a Item>,
}

impl Planner {
    /// The feeds of the site, of each kind with an address, and of each entity of a kind that has them; in each language.
    pub(super) fn feeds(&self) -> Vec<File> {
        let entries = self.entries();
        let mut about: BTreeMap<EntityIndex, Vec<usize>> = BTreeMap::new();
        for (position, entry) in entries.iter().enumerate() {
            about.entry(entry.about).or_default().push(position);
        }
        let mut files = Vec::new();
        for language in &self.config.languages {
            let items: Vec<Item> = entries.iter().map(|entry| self.item(entry, language)).collect();
            for scope in self.scopes() {
                let Some((stem, page, title)) = self.channel(scope, language) else { continue };
                let mut chosen: Vec<usize> = match scope {
                    Scope::Site => (0..entries.len()).collect(),
                    Scope::Kind(kind) => {
                        let of_kind = |index| self.graph.entity(index).kind == kind;
                        let all = entries.iter().enumerate();
                        all.filter(|(_, entry)| of_kind(entry.about) || of_kind(entry.from)).map(|(position, _)| position).collect()
                    }
                    Scope::Entity(index) => {
                        let followed = self.followed(index);
                        followed.iter().filter_map(|other| about.get(other)).flatten().copied().collect()
                    }
                };
                // Entries are sorted, so their positions tell the newest ones.
                chosen.sort_unstable();
                let chosen: Vec<&Item> = chosen.into_iter().take(MOST).map(|position| &items[position]).collect();
                let feed = self.feed(scope, language, &page, title, chosen);
                let url = |ending: &str| format!("{}{stem}.{ending}", self.config.base_url);
                let atom = atom::write(&feed, &url("xml"));
                let json = json_feed::write(&feed, &url("json"));
                files.push(File { address: format!("{stem}.xml"), bytes: atom.into_bytes().into() });
                files.push(File { address: format!("{stem}.json"), bytes: json.into() });
            }
        }
        files
    }

    /// What a page offers to follow, for `<link rel="alternate">`: title, address and type of the feeds and calendars of its
    /// entity, of its kind and of the site.
    pub(super) fn feed_links(&self, index: Option<EntityIndex>, kind: Option<KindIndex>, language: &str) -> Vec<Data> {
        let kind = kind.or_else(|| index.map(|index| self.graph.entity(index).kind));
        let scopes = [index.map(Scope::Entity), kind.map(Scope::Kind), Some(Scope::Site)];
        let mut links = Vec::new();
        let mut link = |title: &str, url: String, kind: &str| {
            links.push(object([("title", text(title)), ("url", text(url)), ("type", text(kind))]));
        };
        for (stem, _, title) in scopes.into_iter().flatten().filter_map(|scope| self.channel(scope, language)) {
            link(&title, format!("{stem}.xml"), "application/atom+xml");
            link(&title, format!("{stem}.json"), "application/feed+json");
        }
        if let Some((address, title)) = self.calendar_link(index) {
            link(&title, address, "text/calendar");
        }
        links
    }

    fn scopes(&self) -> impl Iterator<Item = Scope> {
        let kinds = self.schema.kind_indices().map(Scope::Kind);
        let entities = self.graph.present().map(|(index, _)| Scope::Entity(index));
        std::iter::once(Scope::Site).chain(kinds).chain(entities)
    }

    /// The address of a feed without its ending, that of its page, and its title; none where there is no such feed.
    fn channel(&self, scope: Scope, language: &str) -> Option<(String, String, String)> {
        let site = self.config.title.get(language);
        let titled = |title: &str| self.words(language).fill("page.title", &[("title", title), ("site", site)]);
        let (page, stem, title) = match scope {
            Scope::Site => {
                let page = self.addresses.home(language);
                (page.clone(), beside(&page), site.to_owned())
            }
            Scope::Kind(kind) => {
                let kind = self.schema.kind(kind);
                if kind.address.is_empty() {
                    return None;
                }
                let page = self.addresses.list(kind, language, 1);
                (page.clone(), beside(&page), titled(&capital(kind.plural.get(language))))
            }
            Scope::Entity(index) => {
                let entity = self.graph.entity(index);
                if entity.removed || !self.schema.kind(entity.kind).feed || !entity.speaks(language) {
                    return None;
                }
                let page = self.addresses.entity(entity, language);
                let stem = format!("{}.feed", page.strip_suffix(".html").unwrap_or(&page));
                (page, stem, titled(entity.text(&self.schema, Role::Title, language)))
            }
        };
        Some((stem, page, title))
    }

    fn feed<'a>(&'a self, scope: Scope, language: &'a str, page: &str, title: String, items: Vec<&'a Item>) -> Feed<'a> {
        let publisher = self.config.publisher.name.get(language);
        Feed {
            title,
            subtitle: self.words(language).text("feed.subtitle"),
            language,
            page: format!("{}{page}", self.config.base_url),
            updated: items.first().map_or_else(|| self.settled(scope), |newest| newest.date.clone()),
            author: if publisher.is_empty() { self.config.title.get(language) } else { publisher },
            author_url: &self.config.publisher.url,
            licence: self.config.licence.name.get(language),
            licence_url: &self.config.licence.url,
            items,
        }
    }

    /// When a feed without entries was last right: the newest date that its entities give of themselves.
    fn settled(&self, scope: Scope) -> String {
        let date = |index: EntityIndex| {
            let document = self.graph.entity(index).original();
            let roles = [Role::Updated, Role::Date].into_iter();
            let mut dates = roles.filter_map(|role| document.role(&self.schema, role).and_then(Value::as_date));
            dates.find(|date| date.first_day() <= self.graph.today)
        };
        let newest = match scope {
            Scope::Site => self.graph.present().filter_map(|(index, _)| date(index)).max(),
            Scope::Kind(kind) => self.graph.of_kind(kind).filter_map(date).max(),
            Scope::Entity(index) => date(index),
        };
        newest.map_or_else(|| "1970-01-01T00:00:00Z".to_owned(), midnight)
    }

    /// An entity and all that point at it: whoever follows a subject follows the questions that are asked about it.
    pub(super) fn followed(&self, index: EntityIndex) -> BTreeSet<EntityIndex> {
        let points = self.graph.incoming(index).filter(|edge| !self.is_hidden(edge)).map(|edge| edge.from);
        let mutual = self.graph.outgoing(index).filter(|edge| self.schema.relation(edge.relation).symmetric && !self.is_hidden(edge));
        let all = points.chain(mutual.map(|edge| edge.to));
        all.filter(|other| !self.graph.entity(*other).removed).chain([index]).collect()
    }

    /// Whether a pointer is private, or lies in a record that is.
    fn is_hidden(&self, edge: &Edge) -> bool {
        let relation = self.schema.relation(edge.relation);
        let kind = self.schema.kind(self.graph.entity(edge.from).kind);
        let path: FieldPath = relation.name.split('.').map(Into::into).collect();
        relation.private || is_private(&kind.fields, &path)
    }
}

/// The address of the feed that belongs to the first page of a folder.
fn beside(page: &str) -> String {
    format!("{}feed", page.strip_suffix("index.html").unwrap_or_default())
}

/// The name of the machine in an address on the web, without its port.
pub(super) fn host(base_url: &str) -> String {
    let rest = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    let name = rest.split(['/', ':']).next().unwrap_or_default();
    let name: String = name.chars().filter(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-')).collect();
    if name.is_empty() { "localhost".to_owned() } else { name }
}

/// Whether the field at the end of a path is private, or a record on the way to it.
pub(super) fn is_private(fields: &[Field], path: &[Name]) -> bool {
    (1..=path.len()).any(|length| field_at(fields, &path[..length]).is_some_and(|field| field.private))
}
