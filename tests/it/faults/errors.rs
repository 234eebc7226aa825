//! A write, truncation or sync fails, once or from then on.

use super::trace::{Event, traced};
use super::{Base, run};
use crate::harness::is_long;
use crate::program::Chance;

const EIO: u32 = 5;
const ENOSPC: u32 = 28;
/// Cases of the short run.
const SAMPLE: usize = 40;

#[test]
fn a_call_that_fails_acknowledges_nothing_that_is_lost() {
    let base = Base::near_checkpoint();
    let calls = traced(&base).iter().filter(|event| !matches!(event, Event::Told(_))).count();
    let mut cases = Vec::new();
    for call in 1..=calls {
        for errno in [EIO, ENOSPC] {
            cases.extend([false, true].map(|forever| (call, errno, forever)));
        }
    }
    let mut chance = Chance::seeded(3);
    if !is_long() {
        cases = (0..SAMPLE).map(|_| cases[chance.below(cases.len())]).collect();
    }
    let (mut done, mut stopped) = (0, 0);
    for (call, errno, forever) in &cases {
        let program = base.program();
        let settings = [
            ("SHIM_FAIL", call.to_string()),
            ("SHIM_ERRNO", errno.to_string()),
            ("SHIM_FOREVER", u8::from(*forever).to_string()),
        ];
        let run = run(&program, &settings);
        let case = format!("call {call} of {calls}, errno {errno}, forever: {forever}");
        match run.status {
            Some(0) => done += 1,
            Some(1 | 2) => stopped += 1,
            other => panic!("{case}: ended with {other:?}: {}", run.said),
        }
        let stands = run.answers.iter().filter(|answer| answer["status"] == "posted").count();
        println!("{case}: {:?}, {stands} acknowledged", run.status);
        program.settle("load.jsonl", &run.answers, base.before);
        assert_eq!(program.verified(), base.before + base.drafts, "{case}");
    }
    println!("{} cases: {done} went through, {stopped} stopped", cases.len());
    assert!(stopped > 0);
}
