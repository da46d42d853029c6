//! Work on all threads that doesn't end with one thread at the largest piece and the others idle.

use std::cmp::Reverse;

use rayon::prelude::*;

/// What `work` makes of each item, in their order, on all threads of the current rayon pool. Who is free takes the largest
/// item that is left; items of the same size are taken in their order.
pub(crate) fn map_largest_first<T: Send, R: Send>(
    items: Vec<T>,
    size: impl Fn(&T) -> u64,
    work: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let mut queue: Vec<_> = items.into_iter().enumerate().collect();
    queue.sort_by_cached_key(|(_, item)| Reverse(size(item)));
    let done = queue.into_iter().par_bridge();
    let mut done: Vec<_> = done.map(|(index, item)| (index, work(item))).collect();
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use rayon::ThreadPoolBuilder;

    use super::*;

    #[test]
    fn the_largest_item_is_first_and_the_results_keep_their_order() {
        let pool = ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
        let taken = Mutex::new(Vec::new());
        let doubled = pool.install(|| {
            map_largest_first(
                vec![3, 9, 1, 9, 4],
                |item| *item,
                |item| {
                    taken.lock().expect("no panic").push(item);
                    2 * item
                },
            )
        });
        assert_eq!(doubled, [6, 18, 2, 18, 8]);
        assert_eq!(taken.into_inner().expect("no panic"), [9, 9, 4, 3, 1]);
    }
}
