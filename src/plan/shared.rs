//! What all pages of a language share: the site itself, the words of the interface, the static files and the navigation.

use tera::value::Key;
use tera::{Map, Value as Data};

use super::Planner;
use super::data::{self, list, maybe, object, text};
use super::list::capital;
use super::summary::date_words;
use crate::catalogue::Entry;
use crate::config::Extra;
use crate::date::PartialDate;
use crate::schema::Role;

impl Planner {
    /// What all pages of a language share; nothing for a language that the site does not have.
    pub fn shared(&self, language: &str) -> Option<&Map> {
        self.shared.get(language).map(|slot| slot.get_or_init(|| self.share(language)))
    }

    fn share(&self, language: &str) -> Map {
        let today = self.graph.today;
        let date = PartialDate::parse(&today.to_string());
        let words = self.words(language);
        let mut shared = Map::new();
        let site = object([
            ("title", text(self.config.title.get(language))),
            ("description", text(self.config.description.get(language))),
            ("base_url", text(&self.config.base_url)),
            ("licence", object([("name", text(self.config.licence.name.get(language))), ("url", text(&self.config.licence.url))])),
            ("date", text(today.to_string())),
            ("date_text", maybe(date.map(|date| date_words(date, words)))),
            ("home_url", text(self.addresses.home(language))),
            ("search_url", text(self.addresses.page(words.text("search.address"), language))),
            ("search_index", maybe(self.config.has(Extra::Search).then(|| format!("search/{language}/")))),
            ("data_url", maybe(self.config.has(Extra::OpenData).then(|| self.addresses.view("data", language, 1)))),
            (
                "feed_url",
                self.feed_links(None, None, language).first().and_then(|feed| data::field(feed, "url")).unwrap_or_else(Data::none),
            ),
            ("calendar_url", maybe(self.calendar_link(None).map(|(url, _)| url))),
            ("generator", text(crate::GENERATOR)),
        ]);
        let assets: Map = self.face.assets.iter().map(|(name, (address, _))| (Key::from(name.clone()), text(address))).collect();
        let assets_with_style = {
            let mut assets = assets;
            if let Some((style, _)) = self.face.assets.get("style.css") {
                assets.insert(Key::Str("style"), text(style));
            }
            if let Some((icon, _)) = self.face.assets.get("favicon.svg") {
                assets.insert(Key::Str("favicon"), text(icon));
            }
            assets
        };
        shared.insert(Key::Str("lang"), text(language));
        shared.insert(Key::Str("site"), site);
        shared.insert(Key::Str("t"), catalogue_data(words.root()));
        shared.insert(Key::Str("assets"), Data::from(assets_with_style));
        shared.insert(Key::Str("navigation"), list(self.navigation(language)));
        shared.insert(Key::Str("footer"), list(self.footer(language)));
        shared
    }

    fn navigation(&self, language: &str) -> Vec<Data> {
        let kinds = self.schema.kind_indices().filter(|kind| !self.schema.kind(*kind).address.is_empty()).map(|kind| {
            let found = self.schema.kind(kind);
            (found.address.as_str(), capital(found.plural.get(language)), self.addresses.list(found, language, 1))
        });
        let views = self
            .schema
            .views
            .iter()
            .map(|view| (view.address.as_str(), view.title.get(language).to_owned(), self.addresses.view(&view.address, language, 1)));
        let mut all: Vec<(&str, String, String)> = views.chain(kinds).collect();
        if !self.config.navigation.is_empty() {
            let wanted = &self.config.navigation;
            all.retain(|(section, ..)| wanted.iter().any(|name| name == section));
            all.sort_by_key(|(section, ..)| wanted.iter().position(|name| name == section));
        }
        let items =
            all.into_iter().map(|(section, title, url)| object([("title", text(title)), ("url", text(url)), ("section", text(section))]));
        items.collect()
    }

    /// Pages of kinds without a folder, such as "about" and "privacy".
    fn footer(&self, language: &str) -> Vec<Data> {
        let kinds = self.schema.kind_indices().filter(|kind| self.schema.kind(*kind).address.is_empty());
        let pages = kinds.flat_map(|kind| self.order(kind).iter());
        pages
            .map(|index| {
                let entity = self.graph.entity(*index);
                let title = entity.text(&self.schema, Role::Title, language);
                let spoken = &entity.document(language).language;
                object([("title", text(title)), ("url", text(self.addresses.entity(entity, language))), ("lang", text(spoken))])
            })
            .collect()
    }
}

fn catalogue_data(entry: &Entry) -> Data {
    match entry {
        Entry::Text(content) => text(content),
        Entry::List(items) => list(items.iter().map(text)),
        Entry::Plural(plural) => object([("one", maybe(plural.one.as_ref())), ("other", text(&plural.other))]),
        Entry::Group(group) => {
            Data::from(group.iter().map(|(key, entry)| (Key::from(key.clone()), catalogue_data(entry))).collect::<Map>())
        }
    }
}
