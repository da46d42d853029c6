//! Work beside the session's thread.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
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

/// Runs jobs and sends their outcomes to the session's thread.
#[derive(Debug)]
pub(crate) struct Jobs {
    pool: ThreadPool,
    events: Events,
    /// The directories that are being read, and the job that reads one again because it changed meanwhile.
    indexing: HashMap<PathBuf, Option<Job>>,
}

impl Jobs {
    /// No jobs yet; their outcomes go to `events`.
    pub(crate) fn new(pool: ThreadPool, events: Events) -> Self {
        Self {
            pool,
            events,
            indexing: HashMap::new(),
        }
    }

    /// How many directories are being read.
    pub(crate) fn indexing(&self) -> usize {
        self.indexing.len()
    }

    /// Starts a job. A directory that is being read already is read once more afterwards, however often it is asked for.
    pub(crate) fn start(&mut self, job: Job) {
        let failed = match &job {
            Job::Parse { id, .. } => FailedJob::Parse(id.clone()),
            Job::Index { directory, .. } | Job::Import { directory, .. } => {
                if let Some(again) = self.indexing.get_mut(directory) {
                    *again = Some(job);
                    return;
                }
                self.indexing.insert(directory.clone(), None);
                FailedJob::Index(directory.clone())
            }
        };
        let events = self.events.clone();
        self.pool.spawn(move || {
            let outcome = catch_unwind(AssertUnwindSafe(|| job.run()));
            events.send(outcome.map_or(Event::JobFailed(failed), Event::JobDone));
        });
    }

    /// Notes that a directory has been read, and reads it again if it changed meanwhile.
    pub(crate) fn indexed(&mut self, directory: &Path) {
        if let Some(Some(again)) = self.indexing.remove(directory) {
            self.start(again);
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
