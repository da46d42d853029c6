//! The kept corpora of the fuzz targets, replayed without cargo-fuzz.

use std::fs;
use std::path::Path;

use deferlint_testkit::fuzz::TARGETS;

#[test]
fn every_kept_input_passes() {
    let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    for (name, target) in TARGETS {
        let inputs = fs::read_dir(corpora.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut replayed = 0;
        for input in inputs {
            let path = input.expect("an entry").path();
            println!("{}", path.display());
            target(&fs::read(&path).expect("an input"));
            replayed += 1;
        }
        assert!(replayed > 0, "{name} has no corpus");
    }
}
