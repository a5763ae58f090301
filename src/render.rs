//! Pages become bytes: each template with the data that the plan handed it, in parallel.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rayon::prelude::*;
use tera::Context;

use crate::diagnostic::Diagnostic;
use crate::plan::{Page, Plan};
use crate::theme::Theme;

/// A finished file of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Its address, from the root of the site.
    pub address: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// How long the pages of each template took together, and how many they were.
pub type TemplateTimes = BTreeMap<String, (usize, Duration)>;

/// Renders all pages and adds all files, in the order of their addresses.
///
/// # Errors
///
/// One diagnostic for every template that failed, with the first page on which it did.
pub fn render(plan: &Plan, theme: &Theme) -> Result<(Vec<Output>, TemplateTimes), Vec<Diagnostic>> {
    let rendered: Vec<(Result<Output, Diagnostic>, Duration)> = plan
        .pages
        .par_iter()
        .map(|page| {
            let started = Instant::now();
            (render_page(page, plan, theme), started.elapsed())
        })
        .collect();
    let mut times = TemplateTimes::new();
    let mut outputs = Vec::with_capacity(rendered.len() + plan.files.len());
    let mut failed: BTreeMap<&str, Diagnostic> = BTreeMap::new();
    for (page, (result, time)) in plan.pages.iter().zip(rendered) {
        let entry = times.entry(page.template.clone()).or_default();
        entry.0 += 1;
        entry.1 += time;
        match result {
            Ok(output) => outputs.push(output),
            Err(diagnostic) => {
                failed.entry(&page.template).or_insert(diagnostic);
            }
        }
    }
    if !failed.is_empty() {
        return Err(failed.into_values().collect());
    }
    outputs.extend(plan.files.iter().map(|file| Output { address: file.address.clone(), bytes: file.bytes.to_vec() }));
    outputs.extend(theme.assets.values().map(|(address, bytes)| Output { address: address.clone(), bytes: bytes.to_vec() }));
    outputs.sort_by(|a, b| a.address.cmp(&b.address));
    Ok((outputs, times))
}

fn render_page(page: &Page, plan: &Plan, theme: &Theme) -> Result<Output, Diagnostic> {
    let mut context = Context::new();
    let shared = plan.shared.get(&page.language);
    for (name, value) in shared.into_iter().flatten().chain(&page.data) {
        if let Some(name) = name.as_str() {
            context.insert_value(name.to_owned(), value.clone());
        }
    }
    let mut bytes = Vec::with_capacity(16 << 10);
    match theme.tera.render_to(&page.template, &context, &mut bytes) {
        Ok(()) => Ok(Output { address: page.address.clone(), bytes }),
        Err(error) => {
            let mut diagnostic = crate::theme::template_error(&error, &theme.files);
            diagnostic.code = "template-page";
            Err(diagnostic.with("template", &page.template).with("address", &page.address))
        }
    }
}
