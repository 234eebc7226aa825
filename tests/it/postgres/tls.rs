//! A certificate authority of one server, made by `openssl`.

use std::path::PathBuf;

use super::server::{Server, succeed};

const SCRIPT: &str = r#"
set -e
umask 077
key="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
openssl req -x509 $key -keyout ca.key -out ca.crt -days 30 -subj "/CN=Tests" \
    -addext keyUsage=critical,keyCertSign
openssl req $key -keyout server.key -out server.csr -subj "/CN=localhost"
printf 'basicConstraints=CA:FALSE\nsubjectAltName=DNS:localhost\n' >server.ext
openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial \
    -days 30 -extfile server.ext -out server.crt
sed -i 's/^host /hostssl /' data/pg_hba.conf
"#;

/// Gives the server a certificate for `localhost`, and lets nobody in without TLS. Returns the
/// certificate of the authority.
pub fn certify(server: &Server) -> PathBuf {
    succeed(server.tool("sh").args(["-c", SCRIPT]));
    server.home().join("ca.crt")
}
