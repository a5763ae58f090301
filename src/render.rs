//! A page becomes bytes: its template with the data that the plan handed it.

use tera::value::Key;
use tera::{Context, Map, Value};

use crate::diagnostic::Diagnostic;
use crate::plan::Page;
use crate::theme::Theme;

/// Renders one page.
///
/// # Errors
///
/// What its template stumbled over.
pub fn render(page: &Page, shared: Option<&Map>, theme: &Theme) -> Result<Vec<u8>, Diagnostic> {
    let mut context = Context::new();
    for (name, value) in shared.into_iter().flatten().chain(&page.data) {
        match name {
            Key::Str(name) => context.insert_value(*name, value.clone()),
            other => context.insert_value(other.to_string(), value.clone()),
        }
    }
    context.insert_value("page", Value::from(page.own.clone()));
    let mut bytes = Vec::with_capacity(16 << 10);
    match theme.tera.render_to(&page.template, &context, &mut bytes) {
        Ok(()) => Ok(bytes),
        Err(error) => {
            let mut diagnostic = crate::theme::template_error(&error, &theme.files);
            diagnostic.code = "template-page";
            Err(diagnostic.with("template", &page.template).with("address", &page.address))
        }
    }
}
