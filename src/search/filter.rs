//! A set of words that may say yes to others, but never no to one of its own, and is quick to ask about each beginning of a text
//! (Bloom, Space/time trade-offs in hash coding with allowable errors, 1970; with a single hash).

/// A quarter of a megabyte: few of the words that are not there are taken for one, and it stays near the processor.
const BITS: u32 = 21;

/// The words, each as one bit.
#[derive(Debug, Clone)]
pub struct Filter(Vec<u64>);

/// What is known of the letters that were read so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beginning(u64);

impl Beginning {
    /// With one more letter.
    pub fn with(self, letter: u8) -> Self {
        Self((self.0 ^ u64::from(letter)).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn of(word: &str) -> Self {
        word.bytes().fold(Self::default(), Self::with)
    }

    /// The bit of these letters: which of the numbers, and the place in it.
    fn place(self) -> (usize, u64) {
        let bit = self.0 >> (u64::BITS - BITS);
        #[allow(clippy::cast_possible_truncation, reason = "below two million")]
        let number = (bit / 64) as usize;
        (number, 1 << (bit % 64))
    }
}

impl Default for Filter {
    fn default() -> Self {
        Self(vec![0; 1 << (BITS - 6)])
    }
}

impl Filter {
    /// With one more word.
    pub fn with(mut self, word: &str) -> Self {
        let (number, bit) = Beginning::of(word).place();
        self.0[number] |= bit;
        self
    }

    /// Whether these letters may be one of the words.
    pub fn may_have(&self, letters: Beginning) -> bool {
        let (number, bit) = letters.place();
        self.0[number] & bit != 0
    }

    /// Whether this may be one of the words.
    pub fn may_have_word(&self, word: &str) -> bool {
        self.may_have(Beginning::of(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn every_word_of_a_filter_is_in_it(words in proptest::collection::vec("[a-z]{0,12}", 0..40)) {
            let filter = words.iter().fold(Filter::default(), |filter, word| filter.with(word));
            for word in &words {
                proptest::prop_assert!(filter.may_have_word(word));
            }
        }
    }

    #[test]
    fn few_others_are() {
        let filter = (0..100_000).fold(Filter::default(), |filter, number| filter.with(&format!("woord{number}")));
        let taken = (0..100_000).filter(|number| filter.may_have_word(&format!("ander{number}"))).count();
        assert!(taken < 10_000, "{taken}");
    }
}
