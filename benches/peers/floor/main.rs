//! What the given parts alone need for the pages of a site: each page's YAML, its Markdown and one small template, and nothing else.
//!
//!     cargo run --release -- CONTENT NEW-FOLDER
//!
//! Reads every page below CONTENT, its front matter by `serde_yaml`, its text by `pulldown-cmark`, puts both into a template of `tera`
//! and writes the file, on all threads. No links, no lists, no checks, no coloured code, no hashes: no site. Prints the seconds by
//! the clock and of the processor: what a program that must use these parts cannot go below.

use std::path::PathBuf;
use std::time::Instant;
use std::{env, fs, io};

use rayon::prelude::*;
use tera::{Context, Tera, Value};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const TEMPLATE: &str = "<!DOCTYPE html><html lang=\"nl\"><head><title>{{ title }}</title></head><body><h1>{{ title }}</h1>{{ body | safe }}</body></html>";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [content, target] = [1, 2].map(|position| PathBuf::from(env::args_os().nth(position).expect("CONTENT NEW-FOLDER")));
    let (before, started) = (processor()?, Instant::now());
    let mut tera = Tera::new();
    tera.add_raw_templates([("page.html", TEMPLATE)])?;
    let pages: Vec<PathBuf> = walkdir::WalkDir::new(&content)
        .into_iter()
        .filter_map(|entry| Some(entry.ok()?.into_path()).filter(|path| path.extension().is_some_and(|ending| ending == "md")))
        .collect();
    let options = pulldown_cmark::Options::ENABLE_TABLES | pulldown_cmark::Options::ENABLE_FOOTNOTES | pulldown_cmark::Options::ENABLE_WIKILINKS;
    fs::create_dir_all(&target)?;
    pages.par_iter().enumerate().try_for_each(|(position, path)| -> io::Result<()> {
        let text = fs::read_to_string(path)?;
        let (front, body) = text.strip_prefix("---\n").and_then(|text| text.split_once("\n---\n")).unwrap_or(("{}", &text));
        let fields: serde_yaml::Mapping = serde_yaml::from_str(front).map_err(io::Error::other)?;
        let mut html = String::with_capacity(body.len() * 2);
        pulldown_cmark::html::push_html(&mut html, pulldown_cmark::Parser::new_ext(body, options));
        let mut context = Context::new();
        context.insert_value("title", Value::from(fields.get("title").and_then(|title| title.as_str()).unwrap_or_default().to_owned()));
        context.insert_value("body", Value::from(html));
        let page = tera.render("page.html", &context).map_err(io::Error::other)?;
        fs::write(target.join(format!("{position}.html")), page)
    })?;
    println!("{} {}", started.elapsed().as_secs_f64(), processor()? - before);
    Ok(())
}

/// The seconds of the processor that this process has had, its threads included, as Linux counts them: in hundredths.
fn processor() -> io::Result<f64> {
    let line = fs::read_to_string("/proc/self/stat")?;
    let ticks: u32 = line.rsplit(") ").next().unwrap_or("").split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<u32>().ok()).sum();
    Ok(f64::from(ticks) / 100.0)
}
