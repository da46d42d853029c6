use super::*;

/// Parses a page whose body is `body` under a title on line 1 and a paragraph on line 3; the body begins on line 5.
fn parse(body: &str) -> Result<Page, PageError> {
    Page::parse("page.md", &format!("# Title\n\nFirst.\n\n{body}"))
}

/// Asserts that the body is refused on that line of the page for that reason.
fn check_error(body: &str, line: usize, kind: PageErrorKind) {
    assert_eq!(
        parse(body),
        Err(PageError {
            page: "page.md".to_owned(),
            line,
            kind
        })
    );
}

fn only_block(body: &str) -> Block {
    let mut page = parse(body).unwrap();
    assert_eq!(page.blocks.len(), 1);
    page.blocks.remove(0)
}

#[test]
fn title_and_first_paragraph() {
    let page = Page::parse(
        "p",
        "intro\n\n# The `err` result\n\n## Why\nOne *two*\nthree.\n\nFour.\n",
    )
    .unwrap();
    assert_eq!(page.title, "The err result");
    assert_eq!(page.first_paragraph, "One *two* three.");
    assert_eq!(Page::parse("p", "# T\n").unwrap().first_paragraph, "");
    let error = Page::parse("p.md", "text").unwrap_err();
    assert_eq!(error.to_string(), "p.md:1: the page has no title (`# Title`)");
}

#[test]
fn kinds_versions_and_lines() {
    let body = "```go bad go=1.19\npackage p // want \"a\"\n```\n\n```go fixed \"Say \\\"m\\\"\"\npackage p\n```\n\
                ```go ok\npackage q\n```\n```go fixed \"T\" go=1.22\npackage q\n```\n```go\npackage r\n```\n\
                ```go go=1.20\npackage s\n```\n```sh\ngo bad\n```\n";
    let page = parse(body).unwrap();
    let kinds: Vec<_> = page
        .blocks
        .iter()
        .map(|block| (&block.kind, &*block.go_version, block.line))
        .collect();
    let fixed = |title: &str, source| BlockKind::Fixed {
        title: title.to_owned(),
        source,
    };
    assert_eq!(
        kinds,
        [
            (&BlockKind::Bad { vet: String::new() }, "1.19", 5),
            (&fixed("Say \"m\"", 0), "1.19", 9),
            (&BlockKind::Ok, "1.24", 12),
            (&fixed("T", 2), "1.22", 15),
            (&BlockKind::Plain, "1.24", 18),
            (&BlockKind::Plain, "1.20", 21),
        ]
    );
    assert_eq!(page.source_of(&page.blocks[3]), Some(&page.blocks[2]));
    assert_eq!(page.source_of(&page.blocks[2]), None);
}

#[test]
fn fence_errors() {
    check_error(
        "```go good\npackage p\n```\n",
        5,
        PageErrorKind::UnknownKind("good".to_owned()),
    );
    check_error(
        "```go ok go=2\npackage p\n```\n",
        5,
        PageErrorKind::UnknownAttribute("go=2".to_owned()),
    );
    check_error(
        "```go ok now\npackage p\n```\n",
        5,
        PageErrorKind::UnknownAttribute("now".to_owned()),
    );
    check_error("```go fixed\npackage p\n```\n", 5, PageErrorKind::NoFixTitle);
    check_error("```go fixed \"T\npackage p\n```\n", 5, PageErrorKind::NoFixTitle);
    check_error(
        "```go\npackage p\n```\n\n```go fixed \"T\"\npackage p\n```\n",
        9,
        PageErrorKind::NothingToFix,
    );
}

#[test]
fn text_is_kept_byte_for_byte() {
    let block = only_block("```go\npackage p\n\n\nvar s = `a\n  <b> &amp; \\* \u{1D11E}`\t\n\n```\n");
    assert_eq!(
        block.files[0].text,
        "package p\n\n\nvar s = `a\n  <b> &amp; \\* \u{1D11E}`\t\n\n"
    );
    assert_eq!(
        (block.files[0].name.as_str(), block.files[0].line),
        ("page.go", 6)
    );
    let page = Page::parse("p", "# T\r\n\r\n```go\r\npackage p\r\n```\r\n").unwrap();
    assert_eq!(page.blocks[0].files[0].text, "package p\n");
}

#[test]
fn a_block_inside_a_list_is_read_too() {
    let block = only_block("- item\n\n  ~~~go\n  package p\n  ~~~\n");
    assert_eq!((block.line, block.files[0].text.as_str()), (7, "package p\n"));
}

#[test]
fn several_files() {
    let block = only_block(
        "```go bad\npackage main\n-- b.go --\npackage main // want \"x\"\n-- sub/c.go --\npackage sub\n```\n",
    );
    let files: Vec<_> = block
        .files
        .iter()
        .map(|file| (&*file.name, &*file.text, file.line))
        .collect();
    assert_eq!(
        files,
        [
            ("page.go", "package main\n", 6),
            ("b.go", "package main // want \"x\"\n", 8),
            ("sub/c.go", "package sub\n", 10),
        ]
    );
    let block = only_block("```go\n-- a.go --\npackage a\n-- b.go --\npackage a\n```\n");
    assert_eq!(
        block.files.iter().map(|file| &*file.name).collect::<Vec<_>>(),
        ["a.go", "b.go"]
    );
}

#[test]
fn file_errors() {
    check_error(
        "```go\nfunc f() {}\n```\n",
        6,
        PageErrorKind::NoPackageClause("page.go".to_owned()),
    );
    check_error(
        "```go\n-- a.go --\n-- b.go --\npackage a\n```\n",
        7,
        PageErrorKind::NoPackageClause("a.go".to_owned()),
    );
    for name in [
        "../a.go", "/a.go", "a.txt", "a//b.go", ".a.go", "a b.go", "x\\a.go",
    ] {
        let body = format!("```go\n-- {name} --\npackage a\n```\n");
        check_error(&body, 6, PageErrorKind::BadFileName(name.to_owned()));
    }
    let twice = "```go\n-- a.go --\npackage a\n-- a.go --\npackage a\n```\n";
    check_error(twice, 8, PageErrorKind::DuplicateFile("a.go".to_owned()));
}

#[test]
fn wants() {
    let block = only_block(
        "```go bad\npackage p\n\nvar a = 1 // want \"say \\\"m\\\"\" `b \"c\"`\nvar b = 2 // wanted\nvar c = 3 // want \"d\"  \n```\n",
    );
    let want = |line, message: &str| Want {
        line,
        message: message.to_owned(),
    };
    assert_eq!(
        block.files[0].wants(),
        [want(3, "say \"m\""), want(3, "b \"c\""), want(5, "d")]
    );
}

#[test]
fn want_errors() {
    check_error("```go bad\npackage p\n```\n", 5, PageErrorKind::BadWithoutWant);
    check_error(
        "```go ok\npackage p\nvar a int // want \"a\"\n```\n",
        7,
        PageErrorKind::UnexpectedWant,
    );
    for text in ["a", "\"a", "\"\"", "\"a\" b", "\"a\\n\""] {
        let body = format!("```go bad\npackage p\nvar a int // want {text}\n```\n");
        check_error(&body, 7, PageErrorKind::MalformedWant);
    }
}

#[test]
fn vet_belongs_to_the_bad_block_directly_above() {
    let bad = "```go bad\npackage p // want \"a\"\n```\n";
    let vet = "```text vet\npage.go:1:2: message\n```\n";
    let page = parse(&format!("{bad}\n{vet}")).unwrap();
    assert_eq!(
        page.blocks[0].kind,
        BlockKind::Bad {
            vet: "page.go:1:2: message\n".to_owned()
        }
    );
    check_error(
        &format!("{bad}\nVet says:\n\n{vet}"),
        11,
        PageErrorKind::VetWithoutBad,
    );
    check_error(
        &format!("```go ok\npackage p\n```\n{vet}"),
        8,
        PageErrorKind::VetWithoutBad,
    );
    check_error(&format!("{bad}{vet}{vet}"), 11, PageErrorKind::VetWithoutBad);
    check_error(vet, 5, PageErrorKind::VetWithoutBad);
}

#[test]
fn output_at_the_end_of_main_or_of_the_file() {
    let run_of = |program: &str| {
        only_block(&format!("```go\npackage main\n\n{program}```\n"))
            .run()
            .map(|(_, run)| run.clone())
    };
    let prints = |stdout: &str| {
        Some(Run {
            stdout: stdout.to_owned(),
            ..Run::default()
        })
    };
    assert_eq!(
        run_of("func main() {\n\tf()\n\n\t// Output:\n\t// a\n\t//  b\n\t//\n\t// c\n}\n"),
        prints("a\n b\n\nc\n")
    );
    assert_eq!(
        run_of("func main() { f() }\n\n// Output: a\n// // b\n"),
        prints("a\n// b\n")
    );
    assert_eq!(run_of("func main() {}\n\n// Prose.\n// Output:\n"), prints(""));
    assert_eq!(run_of("// Outputs a line.\nfunc main() {}\n"), None);
    assert_eq!(
        run_of("func main() {}\n\n// Exit: 2\n// Stderr: fatal error: x\n// Output:\n// a\n// Exit: 3\n"),
        Some(Run {
            stdout: "a\nExit: 3\n".to_owned(),
            stderr: Some("fatal error: x".to_owned()),
            exit: 2
        })
    );
}

#[test]
fn run_errors() {
    let output = PageErrorKind::MisplacedRun("// Output: a".to_owned());
    check_error(
        "```go\npackage main\n\n// Output: a\n\nfunc main() { f() }\n```\n",
        8,
        output.clone(),
    );
    check_error("```go\npackage p\n\n// Output: a\n```\n", 8, output);
    check_error(
        "```go\npackage main\n\n// Exit: 0\n```\n",
        8,
        PageErrorKind::MalformedExit,
    );
    check_error(
        "```go\npackage main\n\n// Exit: two\n```\n",
        8,
        PageErrorKind::MalformedExit,
    );
}
