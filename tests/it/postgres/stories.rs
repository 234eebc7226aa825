//! The servers do what the stories of other files rely on.

use super::Cluster;

#[test]
fn the_shared_cluster_answers_and_fresh_databases_differ() {
    let cluster = Cluster::shared();
    let (first, second) = (cluster.fresh_database(), cluster.fresh_database());
    assert_ne!(first, second);
    let name = |url: &str| url.rsplit('/').next().unwrap().to_owned();
    cluster.psql(&name(&first), "create table entry (seq int); insert into entry values (1)");
    assert_eq!(cluster.psql(&name(&first), "select seq from entry"), "1");
    let error = cluster.try_psql(&name(&second), "select seq from entry").unwrap_err();
    assert!(error.contains("does not exist"), "{error}");
    let sql = "select pg_encoding_to_char(encoding), datcollate from pg_database \
               where datname = current_database()";
    assert_eq!(cluster.psql(&name(&first), sql), "UTF8|C");
}
