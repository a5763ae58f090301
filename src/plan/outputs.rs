//! What a site has besides its pages: redirects, the page for lost readers, the sitemap, robots.txt and copied files.

use std::collections::BTreeSet;

use super::address::root_of;
use super::data::{list, maybe, object, text};
use super::{File, Page, PageAddress, Planner, asset_address};
use crate::diagnostic::{Diagnostic, KeyPath};
use crate::document::ASSET_ENDINGS;
use crate::graph::LinkEnd;
use crate::schema::Role;

impl Planner {
    /// For an alias that is an address, a page that leads on.
    pub(super) fn redirects(&self, diagnostics: &mut Vec<Diagnostic>) -> Vec<Page> {
        let mut pages = Vec::new();
        for (index, entity) in self.graph.present() {
            for document in &entity.documents {
                let Some(value) = document.role(&self.schema, Role::Aliases) else { continue };
                let Some(field) = self.schema.kind(document.kind).role(Role::Aliases) else { continue };
                for (position, alias) in value.items().iter().enumerate() {
                    let Some(alias) = alias.as_text().filter(|alias| alias.starts_with('/')) else { continue };
                    let place = KeyPath::of(&field.name).index(position).value();
                    let Some(address) = redirect_address(alias) else {
                        diagnostics.push(Diagnostic::error("alias-address").in_file(&document.path).at(place).with("alias", alias));
                        continue;
                    };
                    let language = &document.language;
                    let target = self.addresses.at(&self.graph, index, language);
                    let title = entity.text(&self.schema, Role::Title, language);
                    let root = root_of(&address);
                    let mut page = self.page("redirect.html", language, address, title, "", Vec::new(), &PageAddress::Alone);
                    page.insert(
                        "redirect",
                        object([
                            ("url", text(format!("{root}{target}"))),
                            ("canonical", text(format!("{}{target}", self.config.base_url))),
                            ("title", text(title)),
                        ]),
                    );
                    page.indexed = false;
                    page.origin = Some((document.path.clone(), place));
                    pages.push(page);
                }
            }
        }
        pages
    }

    /// Shown for an address that does not exist, from any depth, so its links start at the site's base.
    pub(super) fn not_found_page(&self) -> Page {
        let language = self.config.first_language();
        let title = self.words(language).text("not_found.title").to_owned();
        let mut page = self.page("404.html", language, "404.html".to_owned(), &title, "", Vec::new(), &PageAddress::Alone);
        page.insert("root", text(self.config.base_path()));
        page.insert("kinds", list(self.kind_cards(language)));
        page.insert("home", object([("kinds", list(self.kind_cards(language))), ("views", list(self.view_cards(language)))]));
        page.indexed = false;
        page
    }

    /// Files that are copied: those of the theme are added by the renderer, these are the site's own.
    pub(super) fn files(&self) -> Vec<File> {
        let shown = self.shown_files();
        let beside_pages = self.sources.below("content").filter(|file| {
            let ending = file.path.rsplit_once('.').map_or(String::new(), |(_, ending)| ending.to_lowercase());
            ASSET_ENDINGS.contains(&ending.as_str()) && shown.contains(&*file.path)
        });
        let mut files: Vec<File> = beside_pages
            .chain(self.sources.below("static"))
            .map(|file| File { address: asset_address(&file.path), bytes: file.bytes() })
            .collect();
        let robots = format!("User-agent: *\nAllow: /\n\nSitemap: {}sitemap.xml\n", self.config.base_url);
        if !files.iter().any(|file| file.address == "robots.txt") {
            files.push(File { address: "robots.txt".to_owned(), bytes: robots.into_bytes().into() });
        }
        files
    }

    /// Paths of the files that a published page shows or links to; what only a draft shows is not published.
    fn shown_files(&self) -> BTreeSet<String> {
        let mut shown = BTreeSet::new();
        for (_, entity) in self.graph.present() {
            for document in &entity.documents {
                let images = document.body.images.iter().filter_map(|image| crate::graph::resolve(&document.path, &image.path));
                let linked = self.graph.links(document).iter().filter_map(|end| match end {
                    LinkEnd::Asset(path) => Some(path.to_string()),
                    _ => None,
                });
                shown.extend(images.chain(linked));
            }
        }
        shown
    }

    /// The sitemap of all pages that search engines may show (sitemaps.org 0.9, with alternates per language).
    pub(super) fn sitemap(&self) -> Page {
        let mut entries: Vec<SitemapEntry> = Vec::new();
        for (index, entity) in self.graph.present() {
            let spoken = || self.config.languages.iter().filter(|language| entity.speaks(language));
            let alternates: Vec<(String, String)> =
                spoken().map(|language| (language.clone(), self.addresses.entity(entity, language))).collect();
            entries.extend(spoken().map(|language| {
                (self.addresses.entity(entity, language), self.last_change(index).map(|date| date.to_string()), alternates.clone())
            }));
        }
        let overviews = self.overview_pages().filter(|page| page.indexed);
        entries.extend(overviews.map(|page| (page.address.clone(), None, page.alternates.clone())));
        entries.sort();
        let location = |address: &str| text(format!("{}{address}", self.config.base_url));
        let urls = entries.into_iter().map(|(address, changed, alternates)| {
            let shown = alternates.iter().filter(|_| alternates.len() > 1);
            let shown = shown.map(|(language, address)| object([("lang", text(language)), ("loc", location(address))]));
            object([("loc", location(&address)), ("lastmod", maybe(changed)), ("alternates", list(shown))])
        });
        let urls = list(urls);
        let language = self.config.first_language();
        let mut page = self.page("sitemap.xml", language, "sitemap.xml".to_owned(), "", "", Vec::new(), &PageAddress::Alone);
        page.insert("urls", urls);
        page.indexed = false;
        page
    }
}

/// A page's address, the day of its last change, and its addresses in all languages.
type SitemapEntry = (String, Option<String>, Vec<(String, String)>);

/// The file that answers to an old address: `/oud/` is `oud/index.html`, `/oud` is `oud.html`.
fn redirect_address(alias: &str) -> Option<String> {
    let path = alias.strip_prefix('/')?;
    let safe =
        |part: &str| !part.is_empty() && part != "." && part != ".." && part.len() < 200 && !part.contains(['\\', '\0', '?', '#', '%']);
    let trimmed = path.strip_suffix('/').unwrap_or(path);
    if !trimmed.split('/').all(safe) {
        return None;
    }
    let last = trimmed.rsplit('/').next().unwrap_or_default();
    Some(if path.ends_with('/') {
        format!("{trimmed}/index.html")
    } else if last.contains('.') {
        trimmed.to_owned()
    } else {
        format!("{trimmed}.html")
    })
}
