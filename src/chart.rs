//! Small charts as SVG, drawn while building: bars with their numbers beside them, themable by classes, without script.

use std::fmt::Write;

use serde::Deserialize;

use crate::html::escape;

/// What a chart shows. Every number stands in it as text, and a table with the same rows goes with it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chart {
    /// What it is about, with place and time.
    pub title: String,
    /// Whether the numbers of a row are parts of one bar.
    #[serde(default)]
    pub stacked: bool,
    /// What the numbers count, e.g. `%`.
    #[serde(default)]
    pub unit: String,
    /// Heads of the columns: that of the rows' names first, then one for each number.
    #[serde(deserialize_with = "texts")]
    pub columns: Vec<String>,
    /// The names of the rows with their numbers.
    pub rows: Vec<Row>,
}

/// A row of a chart; written as a list: `[name, number, number]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(from = "Vec<Cell>")]
pub struct Row {
    /// Its name.
    pub name: String,
    /// Its numbers; none where a number is not known.
    pub values: Vec<Option<f64>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Cell {
    Number(f64),
    Text(String),
    Nothing(()),
}

impl From<Vec<Cell>> for Row {
    fn from(cells: Vec<Cell>) -> Self {
        let mut cells = cells.into_iter();
        let name = match cells.next() {
            Some(Cell::Text(name)) => name,
            Some(Cell::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        let values = cells.map(|cell| if let Cell::Number(number) = cell { Some(number) } else { None }).collect();
        Self { name, values }
    }
}

/// A year as the head of a column is a number to YAML.
fn texts<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let cells = Vec::<Cell>::deserialize(deserializer)?;
    let texts = cells.into_iter().map(|cell| match cell {
        Cell::Text(text) => text,
        Cell::Number(number) => number.to_string(),
        Cell::Nothing(()) => String::new(),
    });
    Ok(texts.collect())
}

/// Sizes in the picture's own units.
const WIDTH: f64 = 640.0;
const LEFT: f64 = 200.0;
const RIGHT: f64 = 60.0;
const BAR: f64 = 16.0;
const GAP: f64 = 12.0;
const LEGEND: f64 = 26.0;
/// Series that the theme has looks for.
const SERIES: usize = 6;

impl Chart {
    /// What is wrong with it, in words, if anything: it must have rows, as many numbers as heads, and none below zero.
    pub fn problem(&self) -> Option<&'static str> {
        let values = self.columns.len().saturating_sub(1);
        if self.rows.is_empty() || values == 0 {
            Some("no rows or no columns")
        } else if values > SERIES {
            Some("more than six columns of numbers")
        } else if self.rows.iter().any(|row| row.values.len() != values) {
            Some("a row has more or fewer numbers than there are columns")
        } else if self.rows.iter().flat_map(|row| &row.values).flatten().any(|value| *value < 0.0 || !value.is_finite()) {
            Some("a number below zero")
        } else {
            None
        }
    }

    /// The picture: groups of horizontal bars. The text alternative says what it is; the numbers are in the table.
    pub fn svg(&self, language: &str) -> String {
        let series = self.columns.len().saturating_sub(1).max(1);
        let longest = |row: &Row| {
            let values = row.values.iter().flatten().copied();
            if self.stacked { values.sum() } else { values.fold(0.0_f64, f64::max) }
        };
        let most = self.rows.iter().map(longest).fold(0.0_f64, f64::max).max(f64::MIN_POSITIVE);
        let (places, legend) = if series > 1 { self.legend() } else { (Vec::new(), 0.0) };
        #[allow(clippy::cast_precision_loss, reason = "at most six series and as many rows as an editor types")]
        let (rows, series) = (self.rows.len() as f64, if self.stacked { 1.0 } else { series as f64 });
        let height = legend + rows * (series * BAR + GAP);
        let mut svg = String::new();
        let label = escape(&self.title);
        let _ = write!(svg, "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{label}\">");
        for (index, ((x, y), name)) in places.iter().zip(self.columns.iter().skip(1)).enumerate() {
            let _ = write!(
                svg,
                "<rect class=\"svg-bar series-{index}\" x=\"{x}\" y=\"{}\" width=\"12\" height=\"12\"/><text class=\"svg-text\" x=\"{}\" y=\"{}\">{}</text>",
                y + 2.0,
                x + 17.0,
                y + 13.0,
                escape(name)
            );
        }
        let mut y = legend;
        for row in &self.rows {
            let middle = y + series * BAR / 2.0 + 5.0;
            let name = shortened(&row.name);
            let _ =
                write!(svg, "<text class=\"svg-text\" x=\"{}\" y=\"{middle}\" text-anchor=\"end\">{}</text>", LEFT - 10.0, escape(&name));
            if self.stacked {
                stack(&mut svg, row, y, most, language);
                y += BAR + GAP;
                continue;
            }
            for (index, value) in row.values.iter().enumerate() {
                let baseline = y + BAR - 4.0;
                match value {
                    Some(value) => {
                        let length = ((WIDTH - LEFT - RIGHT) * value / most * 10.0).round() / 10.0;
                        let _ = write!(
                            svg,
                            "<rect class=\"svg-bar series-{index}\" x=\"{LEFT}\" y=\"{}\" width=\"{length}\" height=\"{}\"/><text class=\"svg-number\" x=\"{}\" y=\"{baseline}\">{}</text>",
                            y + 1.0,
                            BAR - 2.0,
                            LEFT + length + 5.0,
                            number(*value, language)
                        );
                    }
                    None => {
                        let _ = write!(svg, "<text class=\"svg-number\" x=\"{}\" y=\"{baseline}\">–</text>", LEFT + 5.0);
                    }
                }
                y += BAR;
            }
            y += GAP;
        }
        svg.push_str("</svg>");
        svg
    }

    /// Where the names of the series stand, in as many lines as they need, and how high that is.
    fn legend(&self) -> (Vec<(f64, f64)>, f64) {
        let (mut x, mut y) = (0.0, 0.0);
        let mut places = Vec::new();
        for name in self.columns.iter().skip(1) {
            #[allow(clippy::cast_precision_loss, reason = "the length of a short name")]
            let width = 34.0 + name.chars().count() as f64 * 8.5;
            if x > 0.0 && x + width > WIDTH {
                (x, y) = (0.0, y + LEGEND - 4.0);
            }
            places.push((x, y));
            x += width;
        }
        (places, y + LEGEND)
    }

    /// The rows of the table: names and numbers as text, with the unit.
    pub fn table(&self, language: &str) -> Vec<Vec<String>> {
        let unit = if self.unit.is_empty() || self.unit == "%" { self.unit.clone() } else { format!(" {}", self.unit) };
        let rows = self.rows.iter().map(|row| {
            let values =
                row.values.iter().map(|value| value.map_or_else(|| "–".to_owned(), |value| format!("{}{unit}", number(value, language))));
            std::iter::once(row.name.clone()).chain(values).collect()
        });
        rows.collect()
    }
}

/// The parts of a row's one bar, with their sum behind it.
fn stack(svg: &mut String, row: &Row, y: f64, most: f64, language: &str) {
    let mut x = LEFT;
    for (index, value) in row.values.iter().enumerate() {
        let length = ((WIDTH - LEFT - RIGHT) * value.unwrap_or(0.0) / most * 10.0).round() / 10.0;
        if length > 0.0 {
            let (top, height) = (y + 1.0, BAR - 2.0);
            let _ = write!(svg, "<rect class=\"svg-bar series-{index}\" x=\"{x}\" y=\"{top}\" width=\"{length}\" height=\"{height}\"/>");
        }
        x += length;
    }
    let sum: f64 = row.values.iter().flatten().sum();
    let _ = write!(svg, "<text class=\"svg-number\" x=\"{}\" y=\"{}\">{}</text>", x + 5.0, y + BAR - 4.0, number(sum, language));
}

/// A number as people write it: a comma in Dutch, a point in English.
pub fn number(number: f64, language: &str) -> String {
    let plain = number.to_string();
    if language == "en" { plain } else { plain.replace('.', ",") }
}

fn shortened(name: &str) -> String {
    let letters = name.chars().count();
    if letters <= 28 { name.to_owned() } else { format!("{}…", name.chars().take(27).collect::<String>().trim_end()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const YAML: &str =
        "title: Werkloosheid\nunit: '%'\ncolumns: [Groep, 2013, '2021']\nrows:\n  - [Nederland, 6.6, 3.2]\n  - ['<Buitenland>', 13.6, ~]\n";

    #[test]
    fn a_chart_shows_every_number_as_text_and_says_what_is_missing() {
        let chart: Chart = serde_yaml::from_str(YAML).expect("a chart");
        assert_eq!(chart.problem(), None);
        let svg = chart.svg("nl");
        assert!(svg.contains(">6,6</text>") && svg.contains(">–</text>") && svg.contains("&lt;Buitenland&gt;"));
        assert!(!svg.contains("style="));
        assert_eq!(chart.table("nl")[0], ["Nederland", "6,6%", "3,2%"]);
    }

    #[test]
    fn a_chart_whose_rows_do_not_fit_says_so() {
        let chart: Chart = serde_yaml::from_str("title: a\ncolumns: [x, y]\nrows:\n  - [p, 1, 2]\n").expect("a chart");
        assert!(chart.problem().is_some());
    }
}
