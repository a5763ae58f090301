//! Ctrl-C ends the preview at once.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use crate::preview::Preview;

#[test]
fn control_c_ends_it_within_a_tenth_of_a_second_also_with_tabs_that_listen() {
    // A machine with other work may take its time; one that never does it in time does not do it.
    let took: Vec<Duration> = (0..5).map(|_| until_control_c_has_ended_it()).collect();
    assert!(took.iter().any(|took| *took < Duration::from_millis(100)), "{took:?}");
}

fn until_control_c_has_ended_it() -> Duration {
    let mut preview = Preview::start();
    let mut tabs = Vec::new();
    for _ in 0..10 {
        let mut tab = preview.connect();
        let request = format!("GET /_via/events?page=index.html HTTP/1.1\r\nhost: 127.0.0.1:{}\r\n\r\n", preview.port);
        tab.write_all(request.as_bytes()).expect("sent");
        tab.read_exact(&mut [0_u8; 12]).expect("an answer");
        tabs.push(tab);
    }
    let started = Instant::now();
    let sent = std::process::Command::new("kill").args(["-INT", &preview.pid().to_string()]).status().expect("kill");
    assert!(sent.success());
    while preview.child().try_wait().expect("a child").is_none() {
        assert!(started.elapsed() < Duration::from_secs(10), "it still runs");
        std::thread::sleep(Duration::from_millis(2));
    }
    started.elapsed()
}
