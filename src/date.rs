//! Dates as sources give them: a day, a month, or only a year.

use std::fmt;

use jiff::{Span, civil};

/// A date of which the month, or the day, may be unknown. Ordered by its first possible day, the vaguer one first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartialDate {
    year: i16,
    month: i8,
    day: i8,
}

impl PartialDate {
    /// Reads `2021`, `2021-12` or `2021-12-13` (ISO 8601); none if it is anything else or no such day exists.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut number = |digits: usize| -> Option<Option<i16>> {
            match parts.next() {
                None => Some(None),
                Some(part) if part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()) => part.parse().ok().map(Some),
                Some(_) => None,
            }
        };
        let (year, month, day) = (number(4)??, number(2)?, number(2)?);
        let date = Self { year, month: i8::try_from(month.unwrap_or(0)).ok()?, day: i8::try_from(day.unwrap_or(0)).ok()? };
        let zero_written = month == Some(0) || day == Some(0);
        (parts.next().is_none() && !zero_written && year > 0 && civil::Date::new(year, date.month.max(1), date.day.max(1)).is_ok())
            .then_some(date)
    }

    /// The year.
    pub fn year(self) -> i16 {
        self.year
    }

    /// The month from 1 to 12, if known.
    pub fn month(self) -> Option<i8> {
        (self.month > 0).then_some(self.month)
    }

    /// The day from 1 to 31, if known.
    pub fn day(self) -> Option<i8> {
        (self.day > 0).then_some(self.day)
    }

    /// The first day that it may be.
    pub fn first_day(self) -> civil::Date {
        civil::Date::new(self.year, self.month.max(1), self.day.max(1)).unwrap_or(civil::Date::ZERO)
    }

    /// The last day that it may be.
    pub fn last_day(self) -> civil::Date {
        let first = self.first_day();
        match (self.month(), self.day()) {
            (None, _) => first.last_of_year(),
            (Some(_), None) => first.last_of_month(),
            _ => first,
        }
    }

    /// Whether it lies longer ago than this, seen from `today`; a vague date only when its last possible day does.
    pub fn is_older_than(self, age: Age, today: civil::Date) -> bool {
        today.checked_sub(age.span()).is_ok_and(|limit| self.last_day() < limit)
    }

    /// The last day on which it is not yet older than this; a vague date counts from its last possible day.
    pub fn reaches(self, age: Age) -> Option<civil::Date> {
        self.last_day().checked_add(age.span()).ok()
    }

    /// Whole years from its last possible day until `today`; zero for the future.
    pub fn years_until(self, today: civil::Date) -> i16 {
        let day = self.last_day();
        let passed = today.year() - day.year();
        let before_anniversary = (today.month(), today.day()) < (day.month(), day.day());
        (passed - i16::from(before_anniversary)).max(0)
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}", self.year)?;
        if self.month > 0 {
            write!(formatter, "-{:02}", self.month)?;
        }
        if self.day > 0 {
            write!(formatter, "-{:02}", self.day)?;
        }
        Ok(())
    }
}

/// A length of time as a schema writes it: `3 years` or `12 months`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age {
    months: i32,
}

impl Age {
    /// Reads `5 years`, `1 year`, `12 months`.
    pub fn parse(text: &str) -> Option<Self> {
        let (number, unit) = text.trim().split_once(' ')?;
        let number: i32 = number.parse().ok().filter(|number| (0..=1200).contains(number))?;
        match unit.trim() {
            "year" | "years" => Some(Self { months: number * 12 }),
            "month" | "months" => Some(Self { months: number }),
            _ => None,
        }
    }

    fn span(self) -> Span {
        Span::new().months(self.months)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_may_be_vague_but_not_wrong() {
        for good in ["2021", "2021-12", "2021-12-13", "2024-02-29"] {
            assert_eq!(PartialDate::parse(good).map(|date| date.to_string()).as_deref(), Some(good));
        }
        for bad in ["", "21", "2021-13", "2023-02-29", "2021-00", "2021-12-13-1", "13-12-2021", "2021/12/13", "+021"] {
            assert_eq!(PartialDate::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_vague_date_is_old_only_when_all_of_it_is() {
        let today = civil::date(2026, 11, 23);
        let year = Age::parse("12 months").expect("an age");
        assert!(PartialDate::parse("2025-11-22").expect("a date").is_older_than(year, today));
        assert!(!PartialDate::parse("2025-11-23").expect("a date").is_older_than(year, today));
        assert!(!PartialDate::parse("2025").expect("a date").is_older_than(year, today));
        assert!(PartialDate::parse("2024").expect("a date").is_older_than(year, today));
    }
}
