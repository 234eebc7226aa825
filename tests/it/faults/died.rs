//! The process dies between a sync and the answer: the entry may stand and nobody was told.

use super::{Base, run};

#[test]
fn an_entry_nobody_was_told_of_is_known_when_it_is_posted_again() {
    let base = Base::near_checkpoint();
    let (mut untold, mut deaths) = (0, 0);
    loop {
        let program = base.program();
        let after = format!("{}", deaths + 1);
        let run = run(&program, &[("SHIM_DIE_AFTER_SYNC", after)]);
        if run.status == Some(0) {
            break;
        }
        assert_eq!(run.status, Some(88), "{}", run.said);
        deaths += 1;
        let told = u64::try_from(run.answers.len()).unwrap();
        untold += u64::from(program.verified() > base.before + told);
        program.settle("load.jsonl", &run.answers, base.before);
        assert_eq!(program.verified(), base.before + base.drafts);
    }
    println!("{deaths} deaths, after {untold} of them an entry stood of which nobody was told");
    assert!(deaths >= 12 && untold >= 10, "{deaths} {untold}");
}
