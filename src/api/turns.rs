//! Work of many screenings, spread over the processors: never more threads at it than processors, however many ask.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread::{available_parallelism, scope};

/// Turns at the processors, which all callers with much work share screening by screening.
///
/// A large request does not keep a small one waiting until it is done, and the threads that answer requests get their share.
#[derive(Debug)]
pub(crate) struct Turns {
    processors: usize,
    free: Mutex<usize>,
    freed: Condvar,
}

/// One turn, over when it is dropped.
struct Turn<'t>(&'t Turns);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.freed.notify_one();
    }
}

impl Default for Turns {
    fn default() -> Self {
        let processors = available_parallelism().map_or(1, usize::from);
        Self { processors, free: Mutex::new(processors), freed: Condvar::new() }
    }
}

impl Turns {
    fn take(&self) -> Turn<'_> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = self.freed.wait_while(free, |free| *free == 0).unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        Turn(self)
    }

    /// Does the work for each thing; what comes of it stands in the order of the things. Blocks until all is done.
    pub(crate) fn map<T: Sync, R: Send>(&self, things: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
        let next = AtomicUsize::new(0);
        let some = || {
            let mut done = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(thing) = things.get(number) else { return done };
                let turn = self.take();
                let result = work(thing);
                drop(turn);
                done.push((number, result));
            }
        };
        let mut done: Vec<(usize, R)> = scope(|scope| {
            let workers: Vec<_> = (0..self.processors.min(things.len())).map(|_| scope.spawn(some)).collect();
            // A panic of the work is the caller's own.
            workers.into_iter().flat_map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
        });
        done.sort_unstable_by_key(|(number, _)| *number);
        done.into_iter().map(|(_, result)| result).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_the_order_of_the_things() {
        let things: Vec<usize> = (0..1000).collect();
        let doubled: Vec<usize> = things.iter().map(|thing| thing * 2).collect();
        assert_eq!(Turns::default().map(&things, |thing| thing * 2), doubled);
        assert!(Turns::default().map(&[0_u8; 0], |_| ()).is_empty());
    }

    #[test]
    fn no_more_threads_work_than_there_are_processors_however_many_ask() {
        let turns = Turns::default();
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let work = |_: &u8| {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::yield_now();
            now.fetch_sub(1, Ordering::SeqCst);
        };
        scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| turns.map(&[0; 200], work));
            }
        });
        let most = most.load(Ordering::SeqCst);
        assert!((1..=turns.processors).contains(&most), "{most}");
    }

    #[test]
    fn a_panic_of_one_work_leaves_the_turns_to_the_others() {
        let turns = Turns::default();
        for _ in 0..=turns.processors {
            let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                turns.map(&[1, 0], |divisor: &i32| 1_i32.checked_div(*divisor).unwrap());
            }));
            assert!(panicked.is_err());
        }
        assert_eq!(turns.map(&[1, 2, 3], |thing| thing + 1), [2, 3, 4]);
    }
}
