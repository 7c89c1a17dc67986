//! A lane's connections: those in use and those that rest.

use slab::Slab;

use super::connection::Connection;
use crate::units::Nanos;

/// The connections of a lane. The one that rested last is used first: the fewest are kept warm, and the rest grow old.
#[derive(Debug, Default)]
pub(super) struct Pool {
    connections: Slab<Entry>,
    /// Who rests, by key and number; out of date where the connection has been closed since.
    idle: Vec<(usize, u64)>,
    /// Numbers the connections: keys are used again.
    opened: u64,
}

#[derive(Debug)]
struct Entry {
    number: u64,
    connection: Connection,
}

impl Pool {
    /// The key that the next connection will have.
    pub(super) fn next_key(&self) -> usize {
        self.connections.vacant_key()
    }

    /// Takes in a connection; its key and its number.
    pub(super) fn insert(&mut self, connection: Connection) -> (usize, u64) {
        self.opened += 1;
        (self.connections.insert(Entry { number: self.opened, connection }), self.opened)
    }

    pub(super) fn get_mut(&mut self, key: usize) -> Option<&mut Connection> {
        self.connections.get_mut(key).map(|entry| &mut entry.connection)
    }

    /// The connection of that key, if it is still the one of that number.
    pub(super) fn get_numbered(&mut self, key: usize, number: u64) -> Option<&mut Connection> {
        self.connections.get_mut(key).filter(|entry| entry.number == number).map(|entry| &mut entry.connection)
    }

    /// Takes a connection out; dropping it closes it.
    pub(super) fn remove(&mut self, key: usize) -> Option<Connection> {
        self.connections.try_remove(key).map(|entry| entry.connection)
    }

    /// Lets a connection rest.
    pub(super) fn rest(&mut self, key: usize) {
        if let Some(entry) = self.connections.get(key) {
            self.idle.push((key, entry.number));
        }
    }

    /// A connection that rests and may be used now; those that have become too old are closed on the way.
    pub(super) fn take_idle(&mut self, now: Nanos) -> Option<usize> {
        while let Some((key, number)) = self.idle.pop() {
            match self.get_numbered(key, number).map(|connection| connection.good_until) {
                Some(good_until) if now < good_until => return Some(key),
                Some(_) => drop(self.remove(key)),
                None => {}
            }
        }
        None
    }
}
