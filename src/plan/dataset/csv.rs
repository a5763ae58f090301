//! Rows become CSV that every program reads alike and no spreadsheet runs.
//!
//! RFC 4180: commas between cells, quotes where a cell needs them, CRLF after each row. The file is UTF-8 and starts with a byte
//! order mark, since Excel takes a file without one for Windows-1252 and shows `geÃ«valueerd`; readers of CSV skip the mark. The
//! comma stays in spite of the semicolon that Excel expects in the Netherlands: "Data, From Text/CSV" reads it, and so does
//! everything else.

use std::borrow::Cow;

/// The media type (RFC 7111).
pub const MEDIA_TYPE: &str = "text/csv";

/// Excel's sign that a file is UTF-8 (Unicode Standard, section 23.8).
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Characters with which a cell begins that a spreadsheet may run (OWASP, "CSV Injection"), also in their wide forms.
const RUN: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// A table as a file; each row ends in CRLF.
pub fn write<'a, Row>(rows: impl IntoIterator<Item = Row>) -> String
where
    Row: IntoIterator<Item = &'a str>,
{
    let mut csv = String::from(BYTE_ORDER_MARK);
    for row in rows {
        for (position, cell) in row.into_iter().enumerate() {
            if position > 0 {
                csv.push(',');
            }
            push(&mut csv, &harmless(cell));
        }
        csv.push_str("\r\n");
    }
    csv
}

fn push(csv: &mut String, cell: &str) {
    let is_parted = cell.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\r' | b'\n' | b';'));
    if is_parted || cell.starts_with(' ') || cell.ends_with(' ') {
        csv.push('"');
        csv.push_str(&cell.replace('"', "\"\""));
        csv.push('"');
    } else {
        csv.push_str(cell);
    }
}

/// The cell with an apostrophe before whatever a spreadsheet would run.
///
/// That is its first character, and the first one after a semicolon or a line break: Excel with Dutch settings starts a new
/// cell there when the file is opened with a double click. A plain number is left alone: `-0.4` is no formula.
pub fn harmless(cell: &str) -> Cow<'_, str> {
    if is_number(cell) {
        return Cow::Borrowed(cell);
    }
    let mut safe = String::new();
    let mut done = 0;
    let starts = cell.match_indices([';', '\n', '\r']).map(|(at, _)| at + 1);
    for start in std::iter::once(0).chain(starts) {
        let rest = cell[start..].trim_start_matches([' ', '"']);
        let at = cell.len() - rest.len();
        // A line break inside a cell starts nothing by itself.
        if rest.starts_with(RUN) && (at == 0 || !rest.starts_with(['\n', '\r'])) {
            safe.push_str(&cell[done..at]);
            safe.push('\'');
            done = at;
        }
    }
    if safe.is_empty() {
        return Cow::Borrowed(cell);
    }
    safe.push_str(&cell[done..]);
    Cow::Owned(safe)
}

/// Digits with at most a sign in front and a point between.
fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix(['-', '+']).unwrap_or(cell);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, fraction].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(false).from_reader(text.as_bytes());
        reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect()
    }

    #[test]
    fn what_is_written_is_read_back() {
        let rows = [vec!["id", "tekst"], vec!["v-1", "zij zei \"nee\", en ging;\r\ndaarna thuis"], vec!["v-2", "geëvalueerd – ja "]];
        let written = write(rows.iter().map(|row| row.iter().copied()));
        assert!(written.starts_with('\u{feff}') && written.ends_with("\r\n"));
        assert_eq!(parsed(&written), rows);
    }

    #[test]
    fn no_cell_is_run_as_a_formula() {
        for bad in ["=1+1", "+31 70", "-cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "  =1+1", "\"=1"] {
            let safe = harmless(bad);
            assert_eq!(safe.trim_start_matches([' ', '"']).chars().next(), Some('\''), "{bad}");
        }
        assert_eq!(harmless("beter; =HYPERLINK(\"x\")\n@y"), "beter; '=HYPERLINK(\"x\")\n'@y");
    }

    proptest::proptest! {
        #[test]
        fn no_part_of_a_cell_is_run_and_nothing_else_changes(cell in "[;=+@＝\t\r\n \"a-]{0,9}") {
            let safe = harmless(&cell);
            proptest::prop_assert_eq!(safe.replace('\'', ""), &*cell);
            let runs = safe.split([';', '\n', '\r']).any(|part| part.trim_start_matches([' ', '"']).starts_with(RUN));
            proptest::prop_assert!(!safe.starts_with('\r') && (!runs || is_number(&cell)), "{:?}", safe);
        }
    }

    #[test]
    fn numbers_and_plain_words_are_left_alone() {
        for good in ["-0.4", "+3", "12", "2021-12-13", "a=b", "e-mail", "10.1000/x-1", "", "-", "a; b"] {
            let safe = harmless(good);
            assert_eq!(safe, if good == "-" { "'-" } else { good });
        }
    }
}
