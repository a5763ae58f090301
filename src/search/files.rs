//! The files of an index: which there are, and their bytes.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::bytes::{self, Piece};
use super::index::Index;
use super::part::Part;
use super::shard::{self, SHARDS_PER_POSITIONS, Shard};
use super::{card, manifest, spelling};

impl Index {
    /// All files but the manifest.
    pub fn parts(&self) -> Vec<Part> {
        let blocks = self.collection.records.len().div_ceil(card::per_block(self.collection.records.len()));
        let mut parts: Vec<Part> = (0..self.shards.len()).map(Part::Terms).collect();
        parts.extend((0..self.shards.len().div_ceil(SHARDS_PER_POSITIONS)).map(Part::Positions));
        parts.extend((0..blocks).map(Part::Cards));
        parts.extend(self.letters.keys().map(|letter| Part::Letter(*letter)));
        if !self.collection.facets.is_empty() {
            parts.push(Part::Facets);
        }
        parts
    }

    /// The bytes of a file, compressed.
    pub fn encode(&self, part: Part) -> Vec<u8> {
        match part {
            Part::Terms(number) => bytes::compressed(&shard::shard(self, number).terms()),
            Part::Positions(number) => bytes::compressed(&[Piece::Numbers(&shard::positions(&self.shards_of(number)))]),
            Part::Cards(number) => bytes::compressed(&[Piece::Words(&card::block(&self.collection, number))]),
            Part::Letter(letter) => {
                let words = self.letters.get(&letter).map_or(&[][..], Vec::as_slice);
                let words: Vec<(&str, u32)> = words.iter().map(|word| (self.text(*word), self.count(*word))).collect();
                bytes::compressed(&[Piece::Words(&spelling::encode(&words))])
            }
            Part::Facets => {
                let columns = card::facets(&self.collection);
                bytes::compressed(&columns.iter().map(|column| Piece::Words(column)).collect::<Vec<_>>())
            }
        }
    }

    /// The shards whose positions are in one file.
    fn shards_of(&self, group: usize) -> Vec<Shard> {
        let first = group * SHARDS_PER_POSITIONS;
        (first..(first + SHARDS_PER_POSITIONS).min(self.shards.len())).map(|number| shard::shard(self, number)).collect()
    }

    /// The manifest, given the mark in each file's name.
    pub fn manifest(&self, marks: &BTreeMap<Part, String>) -> Vec<u8> {
        bytes::compressed(&[Piece::Words(&manifest::manifest(self, marks))])
    }

    /// All files with their names, the manifest last. A file's name changes only with its content.
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let groups = self.shards.len().div_ceil(SHARDS_PER_POSITIONS);
        let of_terms = (0..groups).into_par_iter().flat_map_iter(|group| {
            let shards = self.shards_of(group);
            let positions = (Part::Positions(group), bytes::compressed(&[Piece::Numbers(&shard::positions(&shards))]));
            let first = group * SHARDS_PER_POSITIONS;
            let terms = (first..).zip(shards).map(|(number, shard)| (Part::Terms(number), bytes::compressed(&shard.terms())));
            terms.chain([positions]).collect::<Vec<_>>()
        });
        let others: Vec<Part> = self.parts().into_iter().filter(|part| !matches!(part, Part::Terms(_) | Part::Positions(_))).collect();
        let others = others.into_par_iter().map(|part| (part, self.encode(part)));
        let encoded: Vec<(Part, String, Vec<u8>)> = of_terms
            .chain(others)
            .map(|(part, bytes)| {
                let mark = blake3::hash(&bytes).to_hex()[..8].to_owned();
                (part, mark, bytes)
            })
            .collect();
        let marks: BTreeMap<Part, String> = encoded.iter().map(|(part, mark, _)| (*part, mark.clone())).collect();
        let mut files: Vec<(String, Vec<u8>)> = encoded.into_iter().map(|(part, mark, bytes)| (part.name(&mark), bytes)).collect();
        files.push((manifest::NAME.to_owned(), self.manifest(&marks)));
        files
    }
}
