//! Numbers for the objects that are there, so that what is known of them can stand in plain arrays.

use std::hash::{BuildHasher, RandomState};

use gix::ObjectId;

use super::odb::Objects;
use super::pack::{NONE, to_u32};

/// Objects by their ids: those of the packs that are gone through in the order of packs and of their entries, then loose
/// ones. An object that is stored more than once has the number of one of its copies.
pub(super) struct Directory<'o> {
    objects: &'o Objects,
    /// For each pack and each folder of loose objects, the number of its first object.
    starts: Vec<u32>,
    len: u32,
    /// A hash table of numbers. The ids stand where the objects are listed, so it takes four bytes a slot.
    slots: Vec<u32>,
    /// How far a hash is shifted to give a slot.
    shift: u32,
    /// Makes it impossible to prepare ids that all fall into one slot.
    factor: u64,
}

impl<'o> Directory<'o> {
    /// Lists the objects that are to be gone through.
    pub(super) fn new(objects: &'o Objects) -> Self {
        let packed = objects.packs.iter().map(|(_, forest)| forest.nodes.len());
        let loose = objects.loose.iter().map(|(_, ids)| ids.len());
        let mut len = 0;
        let mut starts = Vec::new();
        for count in packed.chain(loose) {
            starts.push(len);
            len += to_u32(count);
        }
        // At least half of the slots stay free, so that searches end.
        let size = (len as usize * 2).next_power_of_two().max(2);
        let mut directory = Self {
            objects,
            starts,
            len,
            slots: vec![NONE; size],
            shift: u64::BITS - size.trailing_zeros(),
            factor: RandomState::new().hash_one(len) | 1,
        };
        // Only what is stored in several places can be come by twice.
        let is_unique = directory.starts.len() == 1;
        for number in 0..len {
            directory.insert(number, is_unique);
        }
        directory
    }

    fn insert(&mut self, number: u32, is_unique: bool) {
        let id = self.bytes(number);
        let mut slot = self.slot(id);
        while self.slots[slot] != NONE {
            if !is_unique && self.bytes(self.slots[slot]) == id {
                return;
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        self.slots[slot] = number;
    }

    /// How many numbers there are.
    pub(super) fn len(&self) -> usize {
        self.len as usize
    }

    /// The number of a node of a pack. It is that of its object, too, where the object is shown: as the first of its
    /// copies.
    pub(super) fn number_at(&self, pack: usize, node: u32) -> u32 {
        self.starts[pack] + node
    }

    /// The number of an object.
    pub(super) fn number(&self, id: &gix::oid) -> Option<u32> {
        let mut slot = self.slot(id.as_bytes());
        loop {
            let number = self.slots[slot];
            if number == NONE {
                return None;
            }
            if self.bytes(number) == id.as_bytes() {
                return Some(number);
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }

    /// The object with a number.
    pub(super) fn id(&self, number: u32) -> Option<ObjectId> {
        ObjectId::try_from(self.bytes(number)).ok()
    }

    fn slot(&self, id: &[u8]) -> usize {
        let part = |at: usize| {
            id.get(at..at + 8)
                .and_then(|part| part.first_chunk())
                .map_or(0, |part| u64::from_le_bytes(*part))
        };
        let hash = (part(0) ^ part(8).rotate_left(32)).wrapping_mul(self.factor);
        // Never more than there are slots.
        usize::try_from(hash >> self.shift).unwrap_or(0)
    }

    fn bytes(&self, number: u32) -> &'o [u8] {
        let place = self.starts.partition_point(|start| *start <= number) - 1;
        let at = number - self.starts[place];
        match self.objects.packs.get(place) {
            Some((_, forest)) => forest.id_bytes(at),
            None => self.objects.loose[place - self.objects.packs.len()].1[at as usize].as_bytes(),
        }
    }
}
