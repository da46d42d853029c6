//! Work beside the session's thread.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use deferlint_workspace::{DocumentId, Job};
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use tower_lsp::jsonrpc::Error;
use tower_lsp::ls_types::CodeActionResponse;

use crate::code_action::{FixedAll, Menu};
use crate::event::{Event, Events, FailedJob, Reply};
use crate::fix_all::FixAll;

/// The most threads beside the session's: an editor runs other servers, too.
const MAX_THREADS: usize = 4;

/// The threads for jobs.
pub(crate) fn thread_pool() -> Result<ThreadPool, ThreadPoolBuildError> {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    ThreadPoolBuilder::new()
        .num_threads(processors.saturating_sub(1).clamp(1, MAX_THREADS))
        .thread_name(|index| format!("worker-{index}"))
        .build()
}

/// A job that was asked for.
#[derive(Debug)]
struct Waiting {
    job: Job,
    /// How often reading directories had been cancelled by then.
    cancellations: usize,
}

/// Runs jobs and sends their outcomes to the session's thread.
#[derive(Debug)]
pub(crate) struct Jobs {
    pool: ThreadPool,
    events: Events,
    /// The directories that are being read, and the job that reads one again because it changed meanwhile.
    indexing: HashMap<PathBuf, Option<Waiting>>,
    /// How often reading directories was cancelled.
    cancellations: Arc<AtomicUsize>,
}

impl Jobs {
    /// No jobs yet; their outcomes go to `events`.
    pub(crate) fn new(pool: ThreadPool, events: Events) -> Self {
        Self {
            pool,
            events,
            indexing: HashMap::new(),
            cancellations: Arc::default(),
        }
    }

    /// How many directories are being read.
    pub(crate) fn indexing(&self) -> usize {
        self.indexing.len()
    }

    /// Starts a job. A directory that is being read already is read once more afterwards, however often it is asked for.
    pub(crate) fn start(&mut self, job: Job) {
        let cancellations = self.cancellations.load(Ordering::Relaxed);
        self.run(Waiting { job, cancellations });
    }

    fn run(&mut self, waiting: Waiting) {
        let failed = match &waiting.job {
            Job::Parse { id, parse, .. } => FailedJob::Parse {
                id: id.clone(),
                parse: *parse,
            },
            Job::Index { directory, .. } | Job::Import { directory, .. } => {
                if let Some(again) = self.indexing.get_mut(directory) {
                    return wait_in(again, waiting);
                }
                self.indexing.insert(directory.clone(), None);
                FailedJob::Index(directory.clone())
            }
        };
        let events = self.events.clone();
        let cancellations = Arc::clone(&self.cancellations);
        self.pool.spawn(move || {
            if let FailedJob::Index(directory) = &failed
                && cancellations.load(Ordering::Relaxed) != waiting.cancellations
            {
                return events.send(Event::IndexingCancelled(directory.clone()));
            }
            let outcome = catch_unwind(AssertUnwindSafe(|| waiting.job.run()));
            events.send(outcome.map_or(Event::JobFailed(failed), Event::JobDone));
        });
    }

    /// Leaves the directories unread that wait to be read, also those that wait to be read again. Those that are being read
    /// now are read to their end.
    pub(crate) fn cancel_indexing(&self) {
        self.cancellations.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes that a directory has been read, and reads it again if it changed meanwhile.
    pub(crate) fn indexed(&mut self, directory: &Path) {
        if let Some(Some(again)) = self.indexing.remove(directory) {
            self.run(again);
        }
    }

    /// Fixes a document and completes the answer to a request for code actions.
    pub(crate) fn fix_all(
        &self,
        id: DocumentId,
        work: FixAll,
        menu: Menu,
        reply: Reply<Option<CodeActionResponse>>,
    ) {
        let events = self.events.clone();
        self.pool
            .spawn(move || match catch_unwind(AssertUnwindSafe(|| work.run())) {
                Ok(edit) => events.send(Event::FixedAll(Box::new(FixedAll {
                    id,
                    menu,
                    edit,
                    reply,
                }))),
                Err(_) => drop(reply.send(Err(Error::internal_error()))),
            });
    }
}

/// Lets a job wait for the one that reads the same directory now. Of those that would wait one stays: reading all of the
/// directory does what reading it for importers would.
fn wait_in(place: &mut Option<Waiting>, waiting: Waiting) {
    match place {
        Some(earlier) if matches!(earlier.job, Job::Index { .. }) => {
            earlier.cancellations = waiting.cancellations;
        }
        _ => *place = Some(waiting),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use deferlint_workspace::{BuildTarget, Outcome};

    use super::*;

    fn index(directory: &Path) -> Job {
        Job::Index {
            directory: directory.to_owned(),
            cache: None,
        }
    }

    /// Jobs whose only thread waits until it is released, or can't be any more, and the events that they send.
    pub(crate) fn held_up() -> (Jobs, Receiver<Event>, Sender<()>) {
        let pool = ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
        let (release, released) = channel();
        pool.spawn(move || {
            let _ = released.recv();
        });
        let (events, received) = Events::queue();
        (Jobs::new(pool, events), received, release)
    }

    #[test]
    fn directories_that_wait_are_not_read_after_a_cancellation() {
        let (mut jobs, received, release) = held_up();
        let directories = [Path::new("a"), Path::new("b")];
        for directory in directories {
            jobs.start(index(directory));
        }
        jobs.start(index(directories[0]));
        jobs.cancel_indexing();
        release.send(()).expect("the thread waits");
        // The first one changed while it waited.
        for directory in [directories[0], directories[1], directories[0]] {
            let event = received.recv().expect("an event");
            assert!(
                matches!(&event, Event::IndexingCancelled(cancelled) if cancelled == directory),
                "{event:?}"
            );
            jobs.indexed(directory);
        }
        assert_eq!(jobs.indexing(), 0);

        jobs.start(index(directories[0]));
        let event = received.recv().expect("an event");
        assert!(
            matches!(&event, Event::JobDone(Outcome::Indexed { .. })),
            "{event:?}"
        );
    }

    #[test]
    fn a_job_that_waits_to_read_all_of_a_directory_stays_when_importers_ask_for_it() {
        let (mut jobs, received, release) = held_up();
        let directory = Path::new("a");
        let import = Job::Import {
            directory: directory.to_owned(),
            target: BuildTarget::default(),
            cache: None,
        };
        for job in [index(directory), index(directory), import] {
            jobs.start(job);
        }
        release.send(()).expect("the thread waits");
        for _ in 0..2 {
            let event = received.recv().expect("an event");
            assert!(
                matches!(&event, Event::JobDone(Outcome::Indexed { .. })),
                "{event:?}"
            );
            jobs.indexed(directory);
        }
        assert_eq!(jobs.indexing(), 0);
    }
}
