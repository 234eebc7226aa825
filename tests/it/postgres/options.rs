//! How a server of the tests is set up.

/// The settings of a server, and whether it speaks TLS.
pub struct Options {
    settings: Vec<(String, String)>,
    tls: bool,
}

impl Default for Options {
    /// As an operator's server: what is committed stands after a power cut.
    fn default() -> Self {
        let options = Self { settings: Vec::new(), tls: false };
        options
            // Tests run side by side, each with its pools.
            .with("max_connections", "400")
            .with("timezone", "Asia/Shanghai")
            // A standby that was away finds what it missed.
            .with("wal_keep_size", "256MB")
            // What is killed leaves nothing outside its directory.
            .with("dynamic_shared_memory_type", "mmap")
            .with("unix_socket_directories", "")
    }
}

impl Options {
    /// For tests whose disasters are not power cuts: the kernel writes when it likes.
    pub fn fast() -> Self {
        Self::default().with("fsync", "off").with("max_wal_size", "2GB").with("autovacuum", "off")
    }

    /// A setting; what is set later holds.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The server has a certificate and takes no connection without TLS.
    pub fn with_tls(mut self) -> Self {
        self.tls = true;
        self.with("ssl", "on")
            .with("ssl_cert_file", "../server.crt")
            .with("ssl_key_file", "../server.key")
    }

    /// How a database is copied soonest: without fsync by files, else by the log, which is one
    /// file to wait for.
    pub(super) fn strategy(&self) -> &'static str {
        let fsync = self.settings.iter().rfind(|(name, _)| name == "fsync");
        if fsync.is_some_and(|(_, value)| value == "off") { "file_copy" } else { "wal_log" }
    }

    pub(super) fn is_tls(&self) -> bool {
        self.tls
    }

    pub(super) fn settings(&self) -> &[(String, String)] {
        &self.settings
    }
}
