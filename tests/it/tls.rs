//! Connections to a server elsewhere are encrypted and the server's name is verified.

use mingzhang::services::clock::SeededEntropy;
use mingzhang::services::instance;
use mingzhang::store::{EngineFacts, Location, Store};

use crate::harness::LOG;
use crate::postgres::{Cluster, Options};

async fn refused(url: &str) -> String {
    let opened = Store::create(&url.parse().unwrap()).await;
    opened.err().unwrap_or_else(|| panic!("{url} is taken")).to_string()
}

#[tokio::test]
async fn books_are_kept_over_a_verified_connection_and_no_other() {
    let cluster = Cluster::start(&Options::fast().with_tls());
    let store = Store::create(&cluster.tls_url("postgres").parse().unwrap()).await.unwrap();
    instance::establish(&store, Some(LOG), &SeededEntropy::from_name("secret")).await.unwrap();
    let EngineFacts::Postgres(settings) = store.facts().await.unwrap() else { panic!("a server") };
    assert!(settings.tls);
    store.close().await;

    // Another authority's certificate is no proof.
    let other = Cluster::start(&Options::fast().with_tls());
    let ca = |url: &str| url.split("sslrootcert=").nth(1).unwrap().to_owned();
    let (url, other) = (cluster.tls_url("postgres"), other.tls_url("postgres"));
    let error = refused(&url.replace(&ca(&url), &ca(&other))).await;
    assert!(error.contains("certificate") || error.contains("tls"), "{error}");
    let error = refused(&url.replace("localhost", "127.0.0.1")).await;
    assert!(error.contains("certificate") || error.contains("tls"), "{error}");
    let error = refused(&(cluster.url("postgres") + "?sslmode=disable")).await;
    assert!(error.contains("no encryption"), "{error}");
}

#[test]
fn a_server_elsewhere_is_verified_unless_the_address_says_otherwise() {
    for (url, mode) in [
        ("postgres://u@db.example/books", "VerifyFull"),
        ("postgresql://u:p@192.0.2.7:5433/books", "VerifyFull"),
        ("postgres://u@db.example/sslmode", "VerifyFull"),
        ("postgres://u:sslmode=disable@db.example/books", "VerifyFull"),
        ("postgres://u@[2001:db8::1]/books", "VerifyFull"),
        ("postgres://u@db.example/books?sslmode=require", "Require"),
        ("postgres://u@db.example/books?ssl-mode=require", "Require"),
        ("postgres://u@db.example/books?application_name=a&sslmode=disable", "Disable"),
        ("postgres://u@127.0.0.1/books", "Prefer"),
        ("postgres://u@localhost/books", "Prefer"),
        ("postgres://u@[::1]/books", "Prefer"),
        ("postgres:///books?host=/run/postgresql", "Prefer"),
    ] {
        let Location::Postgres(options) = url.parse().unwrap() else { panic!("{url}") };
        assert_eq!(format!("{:?}", options.get_ssl_mode()), mode, "{url}");
    }
}
