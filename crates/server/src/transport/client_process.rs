//! Watches the process of the client.

/// The process that started the server, by the id it gave with `initialize`.
pub(super) struct ClientProcess {
    #[cfg(unix)]
    process: rustix::process::Pid,
}

impl ClientProcess {
    /// The process `id`, or `None` if there is nothing to watch.
    ///
    /// A process that can't be seen from the start isn't dead: the client may run outside the container of
    /// the server, where ids mean other processes. The end of the input tells of its death all the same.
    #[cfg(unix)]
    pub(super) fn watch(id: i64) -> Option<Self> {
        let id = i32::try_from(id).ok().filter(|&id| id > 0)?;
        let client = Self {
            process: rustix::process::Pid::from_raw(id)?,
        };
        client.is_alive().then_some(client)
    }

    /// Elsewhere the end of the input alone tells of the client's death.
    #[cfg(not(unix))]
    pub(super) fn watch(_id: i64) -> Option<Self> {
        None
    }

    /// Whether the process exists. One that belongs to another user does.
    #[cfg(unix)]
    pub(super) fn is_alive(&self) -> bool {
        !matches!(
            rustix::process::test_kill_process(self.process),
            Err(rustix::io::Errno::SRCH)
        )
    }

    /// Never asked: there is no such value here.
    #[cfg(not(unix))]
    pub(super) fn is_alive(&self) -> bool {
        true
    }
}
