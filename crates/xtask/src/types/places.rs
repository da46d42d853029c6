//! The places that the Go program prints, and what go/types says of them.

use anyhow::{Context, Result, bail};

/// The places in the files of one directory.
pub(super) struct Directory<'a> {
    pub(super) path: &'a str,
    pub(super) files: Vec<File<'a>>,
}

/// The places in one file, in the order of the text.
pub(super) struct File<'a> {
    pub(super) name: &'a str,
    pub(super) places: Vec<Place<'a>>,
}

/// One expression.
pub(super) struct Place<'a> {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) kind: PlaceKind<'a>,
    /// The class of the expression's type; that of its operand for a call.
    pub(super) class: &'a str,
}

/// What stands at a place. The callees are written as `function\tos\tExit`.
#[derive(Clone, Copy)]
pub(super) enum PlaceKind<'a> {
    Returned,
    Called(&'a str),
    Deferred(&'a str),
}

impl<'a> Directory<'a> {
    /// Reads the output of the Go program.
    pub(super) fn all(output: &'a str) -> Result<Vec<Self>> {
        let mut directories: Vec<Self> = Vec::new();
        for line in output.lines() {
            let (kind, rest) = line.split_once('\t').context("a line without a tab")?;
            if kind == "directory" {
                directories.push(Self {
                    path: rest,
                    files: Vec::new(),
                });
                continue;
            }
            let directory = directories.last_mut().context("a file outside directories")?;
            if kind == "file" {
                directory.files.push(File {
                    name: rest,
                    places: Vec::new(),
                });
                continue;
            }
            let file = directory.files.last_mut().context("a place outside files")?;
            let place = Place::parse(kind, rest).with_context(|| format!("the line `{line}`"))?;
            file.places.push(place);
        }
        Ok(directories)
    }
}

impl<'a> Place<'a> {
    fn parse(kind: &str, rest: &'a str) -> Result<Self> {
        let mut fields = rest.splitn(4, '\t');
        let mut field = || fields.next().context("a field is missing");
        let (start, end, class) = (field()?.parse()?, field()?.parse()?, field()?);
        let kind = match kind {
            "return" => PlaceKind::Returned,
            "call" => PlaceKind::Called(field()?),
            "defer" => PlaceKind::Deferred(field()?),
            other => bail!("`{other}` is no kind of place"),
        };
        Ok(Self {
            start,
            end,
            kind,
            class,
        })
    }
}
