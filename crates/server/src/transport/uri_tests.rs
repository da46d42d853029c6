use std::str::FromStr;

use serde_json::json;
use tower_lsp::ls_types::Uri;

use super::*;

/// Expects that `own` is read as `legal`, that the library accepts it, and that `own` goes back out.
fn check(own: &str, legal: &str) {
    let spellings = Spellings::default();
    let mut message = json!({"textDocument": {"uri": own}, "text": own});
    spellings.legalise(&mut message);
    assert_eq!(message, json!({"textDocument": {"uri": legal}, "text": own}));
    Uri::from_str(legal).unwrap_or_else(|error| panic!("{legal}: {error}"));
    assert_eq!(spellings.exist(), own != legal);
    spellings.restore(&mut message);
    assert_eq!(message, json!({"textDocument": {"uri": own}, "text": own}));
}

#[test]
fn legal_uris_stay() {
    for uri in [
        "file:///a/b.go",
        "file:///c%3A/x.go",
        "file:///c:/x.go",
        "file:///a%20b.go",
        "file:////server/share/x.go",
        "file://server/share/x.go",
        "untitled:Untitled-1",
        "vscode-remote://ssh-remote%2Bhost/home/x.go",
        "vscode-notebook-cell:/a/b.ipynb#W0sZmlsZQ%3D%3D",
        "http://[::1]:80/x?q=1#f",
        "file://user@[fe80::1]/x",
        "jdt://contents/a.jar/b?=c/d%3C(e",
    ] {
        check(uri, uri);
    }
}

#[test]
fn illegal_uris_are_encoded() {
    check("file:///a b/[x]/é.go", "file:///a%20b/%5Bx%5D/%C3%A9.go");
    check("file:///100%/50%zz/%41%4.go", "file:///100%25/50%25zz/%41%254.go");
    check("file:///a#b#c", "file:///a#b%23c");
    check(
        "file:///日本語/😀.go",
        "file:///%E6%97%A5%E6%9C%AC%E8%AA%9E/%F0%9F%98%80.go",
    );
    check(
        "file:///a\\b|c^d`e{f}<g>\"h\"",
        "file:///a%5Cb%7Cc%5Ed%60e%7Bf%7D%3Cg%3E%22h%22",
    );
    check("untitled:Neue Datei 1", "untitled:Neue%20Datei%201");
    check("c:\\x\\y.go", "c:%5Cx%5Cy.go");
    check("http://[::1]/[x]", "http://[::1]/%5Bx%5D");
    check("file://host name/x", "file://host%20name/x");
    check("file:///a\n\0\u{7f}", "file:///a%0A%00%7F");
}

#[test]
fn every_character_becomes_legal_in_every_part() {
    let characters = (0..=0x24f_u32)
        .chain([0x2028, 0xfffd, 0x1_f600, 0x10_ffff])
        .filter_map(char::from_u32);
    for character in characters {
        for uri in [
            format!("file:///a{character}b"),
            format!("file:///a?{character}b"),
            format!("file:///a#{character}b"),
            format!("untitled:{character}"),
        ] {
            let legal = percent_encode(&uri).unwrap_or(uri);
            Uri::from_str(&legal).unwrap_or_else(|error| panic!("{legal}: {error}"));
            assert_eq!(percent_encode(&legal), None, "{legal} is encoded twice");
        }
    }
}

#[test]
fn what_has_no_scheme_is_no_uri() {
    for text in ["", "/a b.go", "a b", ":x y", "1a:b c", "é:a b"] {
        assert_eq!(percent_encode(text), None, "{text}");
    }
}

#[test]
fn every_member_that_holds_a_uri() {
    let spellings = Spellings::default();
    let own = "file:///a b";
    let mut params = json!({
        "rootUri": own,
        "workspaceFolders": [{"uri": own, "name": "a b"}],
        "files": [{"oldUri": own, "newUri": own}],
        "context": {"diagnostics": [{"codeDescription": {"href": own}, "message": own}]},
        "settings": {"nothing": own, "uri": ["a b"]},
    });
    let before = params.clone();
    spellings.legalise(&mut params);
    let legal = "file:///a%20b";
    assert_eq!(
        params,
        json!({
            "rootUri": legal,
            "workspaceFolders": [{"uri": legal, "name": "a b"}],
            "files": [{"oldUri": legal, "newUri": legal}],
            "context": {"diagnostics": [{"codeDescription": {"href": legal}, "message": own}]},
            "settings": {"nothing": own, "uri": ["a b"]},
        })
    );
    spellings.restore(&mut params);
    assert_eq!(params, before);
}

#[test]
fn maps_by_uri_go_out_in_the_clients_spelling() {
    let spellings = Spellings::default();
    spellings.legalise(&mut json!({"uri": "file:///a b"}));
    let mut answer = json!([{"edit": {"changes": {"file:///a%20b": [1], "file:///c%20d": [2]}}}]);
    spellings.restore(&mut answer);
    assert_eq!(
        answer,
        json!([{"edit": {"changes": {"file:///a b": [1], "file:///c%20d": [2]}}}])
    );
    let mut report = json!({"relatedDocuments": {"file:///a%20b": {"items": [{"uri": "file:///a%20b"}]}}});
    spellings.restore(&mut report);
    assert_eq!(
        report,
        json!({"relatedDocuments": {"file:///a b": {"items": [{"uri": "file:///a b"}]}}})
    );
}

#[test]
fn spellings_in_use_stay_and_the_others_are_forgotten() {
    let spellings = Spellings::default();
    for number in 0..10 * GENERATION_SIZE {
        spellings.legalise(&mut json!({"uri": "file:///open one"}));
        spellings.legalise(&mut json!({"uri": format!("file:///{number} .go")}));
    }
    let known = spellings.lock();
    assert_eq!(known.own("file:///open%20one"), Some("file:///open one"));
    assert_eq!(known.own("file:///0%20.go"), None);
    assert!(known.recent.len() + known.older.len() <= 2 * GENERATION_SIZE);
}
