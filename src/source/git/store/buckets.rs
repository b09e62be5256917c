//! Finds an id in an ascending list of ids.

use crate::source::git::pack::to_u32;

/// About how many ids share a bucket: these fit in a cache line or two.
const PER_BUCKET: usize = 4;

/// Where, in an ascending list of ids, those with the same first bits begin. Takes one byte per id, so that most of it
/// stays in the CPU cache, unlike a hash table of the same ids.
#[derive(Debug, Default)]
pub(in crate::source::git) struct Buckets {
    /// The position of the first id in each bucket; plus one entry for the length of the list.
    starts: Vec<u32>,
    /// How far the first four bytes of an id are shifted to get its bucket.
    shift: u32,
}

impl Buckets {
    /// Counts `len` ids into buckets.
    pub(in crate::source::git) fn new<'i>(len: usize, ids: impl Iterator<Item = &'i [u8]>) -> Self {
        let count = (len / PER_BUCKET).next_power_of_two();
        let mut buckets = Self {
            starts: vec![0; count + 1],
            shift: u32::BITS.saturating_sub(count.trailing_zeros()),
        };
        for id in ids {
            let bucket = buckets.bucket(id);
            buckets.starts[bucket + 1] += 1;
        }
        let mut sum = 0;
        for start in &mut buckets.starts {
            sum += *start;
            *start = sum;
        }
        buckets
    }

    fn bucket(&self, id: &[u8]) -> usize {
        let first = id
            .first_chunk()
            .map_or(0, |first| u32::from_be_bytes(*first));
        // Never more than there are buckets.
        usize::try_from(u64::from(first) >> self.shift).unwrap_or(0)
    }

    /// Returns the position of an id in the list, of which `at` returns the ids.
    pub(in crate::source::git) fn find<'i>(
        &self,
        id: &[u8],
        at: impl Fn(u32) -> &'i [u8],
    ) -> Option<u32> {
        let bucket = self.bucket(id);
        let (mut start, mut end) = (*self.starts.get(bucket)?, *self.starts.get(bucket + 1)?);
        while start < end {
            let middle = start + (end - start) / 2;
            match at(middle).cmp(id) {
                std::cmp::Ordering::Less => start = middle + 1,
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Greater => end = middle,
            }
        }
        None
    }
}

/// Ids of the same length, concatenated.
#[derive(Debug, Clone, Default)]
pub(in crate::source::git) struct Ids {
    bytes: Vec<u8>,
    /// The length of one id in bytes; 0 while there is none.
    width: usize,
}

impl Ids {
    /// Returns these ids in the given order.
    pub(in crate::source::git) fn picked(self, order: &[u32]) -> Self {
        let mut picked = Self {
            bytes: Vec::with_capacity(order.len() * self.width),
            width: self.width,
        };
        for &at in order {
            picked.bytes.extend_from_slice(self.bytes(at));
        }
        picked
    }

    /// Adds an id, which must be as long as those before it: a repository has ids of one kind.
    pub(in crate::source::git) fn push(&mut self, id: &[u8]) {
        self.width = id.len();
        self.bytes.extend_from_slice(id);
    }

    pub(in crate::source::git) fn append(&mut self, mut other: Self) {
        self.width = self.width.max(other.width);
        self.bytes.append(&mut other.bytes);
    }

    pub(in crate::source::git) fn len(&self) -> usize {
        self.bytes.len().checked_div(self.width).unwrap_or(0)
    }

    pub(in crate::source::git) fn bytes(&self, at: u32) -> &[u8] {
        &self.bytes[at as usize * self.width..][..self.width]
    }

    pub(in crate::source::git) fn get(&self, at: u32) -> gix::ObjectId {
        let id = gix::ObjectId::try_from(self.bytes(at));
        id.unwrap_or_else(|_| unreachable!("ids are copied from ids"))
    }

    pub(in crate::source::git) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..to_u32(self.len())).map(|at| self.bytes(at))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_id_is_found_and_no_other(
            ids in prop::collection::btree_set(prop::array::uniform20(0u8..5), 0..200),
            spread in 0u8..60,
        ) {
            let wide = |id: &[u8; 20]| id.map(|byte| byte * spread);
            let sorted: std::collections::BTreeSet<_> = ids.iter().map(wide).collect();
            let mut list = Ids::default();
            for id in &sorted {
                list.push(id);
            }
            let buckets = Buckets::new(list.len(), list.iter());
            for (at, id) in (0..).zip(&sorted) {
                prop_assert_eq!(buckets.find(id, |at| list.bytes(at)), Some(at));
                let mut other = *id;
                other[19] ^= 0x80;
                let known = sorted.contains(&other);
                prop_assert_eq!(buckets.find(&other, |at| list.bytes(at)).is_some(), known);
            }
            prop_assert_eq!(buckets.find(&[0xff; 20], |at| list.bytes(at)), None);
        }
    }
}
