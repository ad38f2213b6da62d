//! What keys and news change on the screen of an attempt's output; the shell's part is played by a file.

use synod_proto::v1::{AttemptProgress, Run, change::Entity};

use super::*;
use crate::{
    link::Away,
    render::samples,
    tui::{
        fixtures::{changes, frame, knowing, picture, press, screen, snapshot, type_text},
        model::output::{
            Tail,
            needle::Needle,
            pages::{Pages, Source as _},
            segments,
        },
        msg::{LinkNews, Msg, OutputNews},
        update::update,
    },
};

/// An attempt's output, and what the shell would make of wishes for it.
struct File {
    bytes: Vec<u8>,
    /// What is followed: ticket and next byte.
    followed: Option<(u64, u64)>,
    /// Bytes that were told.
    told: usize,
    /// Searches that were begun, and not answered.
    searches: Vec<OutputWish>,
}

impl File {
    fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            bytes: bytes.into(),
            followed: None,
            told: 0,
            searches: Vec::new(),
        }
    }

    fn tell(&mut self, model: &mut Model, ticket: u64, from: u64, until: u64) {
        let bytes = self.bytes[from as usize..until as usize].to_vec();
        self.told += bytes.len();
        let offset = from;
        let news = OutputNews::Bytes {
            ticket,
            offset,
            bytes,
        };
        update(model, Msg::Output(news));
    }

    /// Draws frames and does what they wish for until nothing is wished for any more.
    fn serve(&mut self, model: &mut Model) {
        for _ in 0..50 {
            let cmds = frame(model);
            if cmds.is_empty() {
                return;
            }
            self.perform(model, cmds);
        }
        panic!("it never stops asking: {:?}", model.output.want);
    }

    fn perform(&mut self, model: &mut Model, cmds: Vec<Cmd>) {
        let length = self.bytes.len() as u64;
        for cmd in cmds {
            match cmd {
                Cmd::Output(OutputWish::Read {
                    ticket,
                    offset,
                    limit,
                    ..
                }) => {
                    let until = (offset + limit).min(length);
                    let from = offset.min(until);
                    self.tell(model, ticket, from, until);
                    let end = OutputNews::End {
                        ticket,
                        offset: until,
                    };
                    update(model, Msg::Output(end));
                }
                Cmd::Output(OutputWish::Follow { ticket, offset, .. }) => {
                    self.followed = Some((ticket, offset));
                    self.print(model, b"");
                }
                Cmd::Output(OutputWish::Unfollow) => self.followed = None,
                Cmd::Output(wish @ OutputWish::Search { .. }) => self.searches.push(wish),
                Cmd::Output(OutputWish::StopSearch) => self.searches.clear(),
                _ => {}
            }
        }
    }

    /// The attempt prints; who follows is told.
    fn print(&mut self, model: &mut Model, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        let length = self.bytes.len() as u64;
        if let Some((ticket, at)) = self.followed.filter(|(_, at)| *at < length) {
            self.tell(model, ticket, at, length);
            self.followed = Some((ticket, length));
        }
    }

    /// The attempt has ended.
    fn end(&mut self, model: &mut Model) {
        if let Some((ticket, offset)) = self.followed.take() {
            update(model, Msg::Output(OutputNews::End { ticket, offset }));
        }
    }

    /// The search that was begun last comes to its end.
    fn find(&mut self, model: &mut Model) {
        let Some(OutputWish::Search {
            ticket,
            needle,
            from,
            until,
            direction,
            ..
        }) = self.searches.pop()
        else {
            panic!("nothing is looked for");
        };
        let needle = Needle::new(&needle).unwrap();
        let mut pages = Pages::default();
        pages.set_end(until);
        pages.insert(0, &self.bytes);
        let mut found = Vec::new();
        let mut at = 0;
        while at < pages.end() {
            let segment = segments::around(&pages, at).unwrap();
            if needle.is_in(&segments::text(&pages, &segment).unwrap()) {
                found.push(segment.start);
            }
            at = segment.end;
        }
        let found = match direction {
            Direction::Forward => found.into_iter().find(|at| *at >= from),
            Direction::Backward => found.into_iter().rfind(|at| *at < from),
        };
        let news = match found {
            Some(offset) => OutputNews::Found { ticket, offset },
            None => OutputNews::NotFound { ticket },
        };
        update(model, Msg::Output(news));
        self.serve(model);
    }
}

/// A run whose one agent has printed this, and goes on or has ended.
fn run(bytes: u64, over: bool) -> Run {
    let mut run = if over {
        samples::ended_command()
    } else {
        samples::running()
    };
    for execution in &mut run.executions {
        for attempt in &mut execution.attempts {
            attempt.output_bytes = Some(bytes);
        }
    }
    run.executions.truncate(1);
    run
}

fn open(file: &mut File, over: bool, columns: u16, rows: u16) -> Model {
    let run = run(file.bytes.len() as u64, over);
    let mut model = knowing(vec![run], columns, rows);
    press(&mut model, "o");
    let cmds = model.output.outbox.drain(..).map(Cmd::Output).collect();
    file.perform(&mut model, cmds);
    // What `press` asked with its frame is asked again.
    let id = model.output.target.as_ref().unwrap().run.clone();
    open_run(&mut model, &id);
    file.serve(&mut model);
    if over {
        file.end(&mut model);
        file.serve(&mut model);
    }
    model
}

/// Presses keys, the shell doing its part after each.
fn keys(file: &mut File, model: &mut Model, keys: &str) {
    for key in keys.split_whitespace() {
        let chord: crate::tui::keys::Chord = key.parse().unwrap();
        let event = crate::tui::fixtures::event_of(chord);
        let cmds = update(model, Msg::Key(event));
        file.perform(model, cmds);
        file.serve(model);
    }
}

fn numbered(lines: usize) -> String {
    let lines: Vec<String> = (0..lines).map(|n| format!("line {n}\n")).collect();
    lines.concat()
}

#[track_caller]
fn shows(model: &Model, words: &str) {
    let screen = screen(model);
    assert!(screen.contains(words), "{words:?} is not in\n{screen}");
}

#[track_caller]
fn hides(model: &Model, words: &str) {
    let screen = screen(model);
    assert!(!screen.contains(words), "{words:?} is in\n{screen}");
}

#[test]
fn it_opens_at_the_end_and_follows_what_is_printed() {
    let mut file = File::new(numbered(1000));
    let mut model = open(&mut file, false, 80, 24);
    shows(&model, "line 999");
    shows(&model, "FOLLOW");
    file.print(&mut model, b"one more\n");
    file.serve(&mut model);
    shows(&model, "one more");
    keys(&mut file, &mut model, "k");
    file.print(&mut model, b"and another\n");
    file.serve(&mut model);
    hides(&model, "FOLLOW");
    hides(&model, "and another");
    assert_eq!(file.followed, None, "moving up ends following");
    keys(&mut file, &mut model, "G");
    shows(&model, "and another");
    shows(&model, "FOLLOW");
}

#[test]
fn of_an_ended_attempt_the_end_is_shown_and_g_leads_to_the_beginning() {
    let mut file = File::new(numbered(1000));
    let mut model = open(&mut file, true, 80, 24);
    shows(&model, "ended: exit-nonzero, exit code 7");
    shows(&model, "END  100%");
    keys(&mut file, &mut model, "g");
    shows(&model, "  line 0\n");
    hides(&model, "END");
    keys(&mut file, &mut model, "j ctrl-d pagedown pageup");
    hides(&model, "  line 0\n");
    keys(&mut file, &mut model, "G");
    shows(&model, "line 999");
}

#[test]
fn of_a_large_file_only_what_is_seen_is_read() {
    let mut file = File::new(numbered(2_000_000));
    let mut model = open(&mut file, true, 80, 24);
    shows(&model, "line 1999999");
    keys(&mut file, &mut model, "g pagedown G pageup");
    assert!(file.told < 4 * 1024 * 1024, "{} bytes were read", file.told);
    shows(&model, "line 1999970");
}

#[test]
fn a_follower_that_falls_behind_skips_and_shows_no_gap_as_contiguous() {
    let mut file = File::new(numbered(1000));
    let mut model = open(&mut file, false, 80, 24);
    // 20 MB are printed of which the follower is told nothing in time.
    let (ticket, at) = file.followed.take().unwrap();
    let before = file.bytes.len();
    file.bytes.extend(numbered(2_000_000).into_bytes());
    let progress = AttemptProgress {
        attempt_id: model.output.target.clone().unwrap().attempt.unwrap(),
        execution_id: model.output.target.clone().unwrap().execution.unwrap(),
        run_id: run(0, false).id,
        output_bytes: file.bytes.len() as u64,
        ..AttemptProgress::default()
    };
    let news = changes(&model, vec![Entity::Progress(progress)]);
    update(&mut model, news);
    file.told = 0;
    file.serve(&mut model);
    // What is still on its way from before is stale.
    let stale = OutputNews::Bytes {
        ticket,
        offset: at,
        bytes: b"stale".to_vec(),
    };
    update(&mut model, Msg::Output(stale));
    file.serve(&mut model);
    assert!(file.told < 1024 * 1024, "{} bytes were read", file.told);
    shows(&model, "line 1999999");
    // Upwards what was skipped is read.
    let rows = model.output.pager.window().len();
    assert!(rows > 10);
    keys(&mut file, &mut model, "pageup pageup");
    shows(&model, &format!("line {}", 2_000_000 - 2 * rows - 1));
    model.output.want = Want::Show(crate::tui::model::output::pager::Spot {
        segment: before as u64,
        byte: 0,
    });
    file.serve(&mut model);
    shows(&model, "line 999\n");
    shows(&model, "  line 0\n");
}

#[test]
fn stale_answers_change_nothing() {
    let mut file = File::new(numbered(100));
    let mut model = open(&mut file, true, 80, 24);
    let before = screen(&model);
    for ticket in [0, 1, 999] {
        let bytes = b"stale".to_vec();
        let offset = 0;
        for news in [
            OutputNews::Bytes {
                ticket,
                offset,
                bytes,
            },
            OutputNews::End { ticket, offset },
            OutputNews::Away { ticket },
            OutputNews::Found { ticket, offset },
            OutputNews::NotFound { ticket },
            OutputNews::Failed {
                ticket,
                why: "stale".into(),
            },
        ] {
            update(&mut model, Msg::Output(news));
            file.serve(&mut model);
        }
    }
    assert_eq!(screen(&model), before);
}

/// O13
#[test]
fn hostile_bytes_reach_no_cell_and_no_visible_text_is_lost() {
    let hostile = b"\x1b]0;owned\x07\x1b[2Jred \x1b[31malert\x1b[0m\r\n\
        \x9b6n\x90device\x9c \xff\xfe bad utf\n\
        over\rwritten\n\xe2\x80\xaereversed\n\xcc\x81\xcc\x81mark first\n\ttab\tbed\n\
        \x1b]8;;http://e.example/\x1b\\link\x1b]8;;\x1b\\ \x1b]52;c;cm0gLXJm\x07copied\n";
    let mut file = File::new(&hostile[..]);
    let mut model = open(&mut file, true, 80, 24);
    for layout in ["", "w", "l", "h w"] {
        keys(&mut file, &mut model, layout);
        let buffer = crate::tui::fixtures::buffer(&model);
        for cell in buffer.content() {
            assert!(
                !cell.symbol().chars().any(char::is_control),
                "{:?}",
                cell.symbol()
            );
        }
    }
    let text = screen(&model);
    for words in [
        "red alert",
        "bad utf",
        "over\n",
        "written",
        "<U+202E>reversed",
        "mark first",
        "tab",
        "bed",
        "link copied",
    ] {
        assert!(text.contains(words), "{words:?} is not in\n{text}");
    }
    assert!(!text.contains("owned") && !text.contains("cm0g"), "{text}");
}

#[test]
fn a_search_marks_what_is_seen_and_goes_on_where_it_is_not() {
    let mut file = File::new(numbered(5000).replace("line 70\n", "Line 70\n"));
    let mut model = open(&mut file, true, 80, 24);
    keys(&mut file, &mut model, "g /");
    type_text(&mut model, "line 3");
    keys(&mut file, &mut model, "enter");
    shows(&model, "▸ line 3\n");
    assert_eq!(
        file.searches,
        [],
        "it is on the screen: nobody has to be asked"
    );
    keys(&mut file, &mut model, "n");
    shows(&model, "searching…");
    file.find(&mut model);
    shows(&model, "▸ line 30\n");
    keys(&mut file, &mut model, "N");
    file.find(&mut model);
    shows(&model, "▸ line 3\n");
    // A capital letter makes case matter.
    keys(&mut file, &mut model, "/");
    type_text(&mut model, "Line");
    keys(&mut file, &mut model, "enter");
    file.find(&mut model);
    shows(&model, "▸ Line 70\n");
    keys(&mut file, &mut model, "n");
    file.find(&mut model);
    shows(&model, "not found below; N looks above");
    shows(&model, "▸ Line 70\n");
    keys(&mut file, &mut model, "esc");
    hides(&model, "▸ Line 70");
    assert_eq!(
        *model.screen(),
        Screen::Output,
        "the first esc ends the search"
    );
    keys(&mut file, &mut model, "esc");
    assert_eq!(*model.screen(), Screen::Runs);
}

#[test]
fn a_search_blocks_no_key_and_esc_ends_it() {
    let mut file = File::new(numbered(5000));
    let mut model = open(&mut file, true, 80, 24);
    keys(&mut file, &mut model, "g /");
    type_text(&mut model, "line 4999");
    keys(&mut file, &mut model, "enter j j");
    assert_eq!(file.searches.len(), 1);
    shows(&model, "  line 2\n");
    hides(&model, "  line 1\n");
    keys(&mut file, &mut model, "esc");
    assert_eq!(file.searches, [], "the shell was told to stop");
    assert_eq!(model.output.search, None);
    assert!(!model.output.is_searching());
}

#[test]
fn inside_a_long_line_a_search_goes_from_place_to_place() {
    let long: Vec<String> = (0..20_000).map(|n| format!("word{n} ")).collect();
    let long = long.concat();
    let mut file = File::new(format!("first\n{long}\nlast\n"));
    let mut model = open(&mut file, true, 80, 24);
    keys(&mut file, &mut model, "g /");
    type_text(&mut model, "word2500 ");
    keys(&mut file, &mut model, "enter");
    shows(&model, "word2500 ");
    hides(&model, "first");
    keys(&mut file, &mut model, "/");
    type_text(&mut model, "word15000 ");
    keys(&mut file, &mut model, "enter");
    file.find(&mut model);
    shows(&model, "word15000 ");
    let search = model.output.search.as_ref().unwrap();
    assert!(search.at.is_some(), "{search:?}");
}

#[test]
fn long_lines_are_scrolled_sideways_when_they_are_not_wrapped() {
    let mut file = File::new(format!("{}END\nshort\n", "0123456789".repeat(20)));
    let mut model = open(&mut file, true, 40, 12);
    shows(&model, "↪ ");
    keys(&mut file, &mut model, "w");
    hides(&model, "↪ ");
    shows(&model, "6›");
    shows(&model, "from column 1");
    keys(&mut file, &mut model, "l");
    shows(&model, "  8901234567");
    shows(&model, "from column 9");
    keys(&mut file, &mut model, "h h w");
    shows(&model, "↪ ");
}

/// T2
#[test]
fn without_a_daemon_what_was_read_stays_and_the_rest_comes_when_it_is_back() {
    let mut file = File::new(numbered(100_000));
    let mut model = open(&mut file, false, 80, 24);
    let (ticket, _) = file.followed.unwrap();
    update(&mut model, Msg::Link(LinkNews::Away(Away::Lost)));
    update(&mut model, Msg::Output(OutputNews::Away { ticket }));
    frame(&mut model);
    shows(&model, "line 99999");
    shows(&model, "the daemon is away");
    file.print(&mut model, b"it is back\n");
    update(
        &mut model,
        Msg::Link(snapshot(vec![run(file.bytes.len() as u64, false)], 101)),
    );
    file.serve(&mut model);
    shows(&model, "it is back");
    hides(&model, "the daemon is away");
}

#[test]
fn what_cannot_be_read_is_said_and_a_key_asks_again() {
    let mut file = File::new(numbered(100_000));
    let mut model = open(&mut file, true, 80, 24);
    update(
        &mut model,
        Msg::Key(crate::tui::fixtures::event_of("g".parse().unwrap())),
    );
    let asked = frame(&mut model);
    let Some(Cmd::Output(OutputWish::Read { ticket, .. })) = asked.last().cloned() else {
        panic!("{asked:?}");
    };
    let why = "the output cannot be read: \x1b[31mpermission denied".to_owned();
    update(&mut model, Msg::Output(OutputNews::Failed { ticket, why }));
    assert_eq!(frame(&mut model), [], "it is not asked again by itself");
    shows(&model, "permission denied");
    shows(&model, "line 99999");
    keys(&mut file, &mut model, "g");
    shows(&model, "  line 0\n");
    hides(&model, "permission denied");
}

#[test]
fn a_file_that_is_shorter_than_was_recorded_is_shown_as_far_as_it_goes() {
    let mut file = File::new(numbered(100));
    let run = run(1_000_000, true);
    let mut model = knowing(vec![run.clone()], 80, 24);
    open_run(&mut model, &run.id);
    model.output.following = Following::Off;
    file.serve(&mut model);
    shows(&model, "line 99");
    shows(&model, "the rest is not there any more");
}

#[test]
fn the_past_shows_what_had_been_printed_then_and_follows_nothing() {
    let mut file = File::new(numbered(1000));
    let mut model = open(&mut file, false, 80, 24);
    keys(&mut file, &mut model, "T");
    let LinkNews::Snapshot { snapshot, .. } = snapshot(vec![run(700, false)], 100) else {
        unreachable!()
    };
    crate::tui::update::past::arrived(&mut model, 100, *snapshot);
    file.serve(&mut model);
    shows(&model, "line 87");
    hides(&model, "line 89");
    hides(&model, "FOLLOW");
    assert_eq!(file.followed, None);
    keys(&mut file, &mut model, "T");
    shows(&model, "line 999");
    shows(&model, "FOLLOW");
}

#[test]
fn the_other_stream_and_other_attempts_are_a_key_away() {
    let mut file = File::new(numbered(3));
    let mut run = run(21, true);
    let mut second = run.executions[0].attempts[0].clone();
    second.id = "ab".repeat(16);
    second.number = 2;
    run.executions[0].attempts.push(second);
    let mut model = knowing(vec![run.clone()], 80, 24);
    open_run(&mut model, &run.id);
    file.serve(&mut model);
    shows(&model, "attempt 2 of 2  stdout");
    keys(&mut file, &mut model, "[");
    shows(&model, "attempt 1 of 2  stdout");
    keys(&mut file, &mut model, "[");
    shows(&model, "this is the first attempt");
    keys(&mut file, &mut model, "s");
    shows(&model, "stderr");
}

#[test]
fn leaving_ends_everything_and_forgets_what_was_read() {
    let mut file = File::new(numbered(1000));
    let mut model = open(&mut file, false, 80, 24);
    keys(&mut file, &mut model, "esc");
    assert_eq!(*model.screen(), Screen::Runs);
    assert_eq!(file.followed, None);
    assert_eq!(model.output.target, None);
    assert_eq!(model.output.tail, Tail::None);
    assert_eq!(model.output.pager.end(), 0);
}

#[test]
fn an_execution_that_waits_shows_its_output_when_it_is_started() {
    let mut waiting = samples::running();
    waiting.executions.drain(..2);
    let execution = waiting.executions[0].id.clone();
    let mut model = knowing(vec![waiting], 80, 24);
    open_execution(&mut model, &execution);
    let mut file = File::new("");
    file.serve(&mut model);
    shows(&model, "Not started yet (queued)");
    let mut attempt = samples::running().executions[0].attempts[0].clone();
    attempt.execution_id = execution;
    attempt.output_bytes = Some(0);
    let news = changes(&model, vec![Entity::Attempt(attempt)]);
    update(&mut model, news);
    file.serve(&mut model);
    shows(&model, "Waiting for output");
    file.print(&mut model, b"here it is\n");
    file.serve(&mut model);
    shows(&model, "here it is");
}

#[test]
fn no_size_is_too_small_or_too_large() {
    let mut file = File::new(format!("{}\n日本語です\n\n\tx\n", "wide ".repeat(5000)));
    let mut model = open(&mut file, true, 80, 24);
    for (columns, rows) in [
        (1, 1),
        (2, 9),
        (20, 5),
        (21, 6),
        (33, 7),
        (40, 10),
        (500, 200),
    ] {
        for layout in ["w", "l l", "h", "w", "g", "G"] {
            update(&mut model, Msg::Resize(columns, rows));
            keys(&mut file, &mut model, layout);
            screen(&model);
        }
    }
}

#[test]
fn pictures() {
    let text = "\x1b[1mreading spec.md\x1b[0m\nsection 4 of 9: payment and refunds, which is a rather long line that does not fit into eighty columns at all\n\tindented\nwarning: \u{202e}hidden\n日本語です\n".repeat(8);
    for (columns, rows) in [(80, 24), (120, 40), (40, 10)] {
        let mut file = File::new(text.clone());
        let mut model = open(&mut file, false, columns, rows);
        let name = |what: &str| format!("output_{what}_{columns}x{rows}");
        insta::assert_snapshot!(name("following"), picture(&model));
        keys(&mut file, &mut model, "g w l /");
        type_text(&mut model, "section");
        keys(&mut file, &mut model, "enter");
        insta::assert_snapshot!(name("found_sideways"), picture(&model));
        let mut file = File::new("");
        let model = open(&mut file, true, columns, rows);
        insta::assert_snapshot!(name("nothing_printed"), picture(&model));
    }
}
