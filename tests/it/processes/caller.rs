use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpStream},
};

use tests::{Caller, DERUI, Durability, Town, screws};

use super::all_home;

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_hangs_up_at_any_byte_gets_one_receipt_when_asking_again() {
    let town = Town::build(Durability::Careless).await;
    let _api = town.api().await;
    let _worker = town.worker().await;
    let erp = town.erp(DERUI).await;
    let door = town.url().trim_start_matches("http://").to_owned();
    let request = |reference: &str| written(&erp, &door, reference);
    let model = request("HUNG-UP-000");
    let (length, body) =
        (model.len(), model.windows(4).position(|end| end == b"\r\n\r\n").unwrap());
    let mut filed = 0;

    let mut cuts: Vec<usize> = (0..length).step_by(173).collect();
    cuts.extend([1, body + 3, body + 4, body + 5, length - 1]);
    for sent in cuts {
        let reference = format!("HUNG-UP-{filed:03}");
        let mut line = TcpStream::connect(&door).unwrap();
        line.write_all(&request(&reference)[..sent]).unwrap();
        hang_up(line, filed);

        let heard = ask_again(&erp, &reference).await;
        assert_eq!(heard, 201, "nothing happened when {sent} of {length} bytes were sent");
        filed += 1;
    }
    let length = answer_to(&door, &request("HUNG-UP-999")).len();
    filed += 1;
    for read in (0..length).step_by(61).chain([1, length - 1]) {
        let reference = format!("HUNG-UP-{filed:03}");
        let mut line = TcpStream::connect(&door).unwrap();
        line.write_all(&request(&reference)).unwrap();
        // Or all of it, where this one is a digit shorter than the model.
        (&line).take(read.try_into().unwrap()).read_to_end(&mut Vec::new()).unwrap();
        hang_up(line, filed);

        let heard = ask_again(&erp, &reference).await;
        assert!(read == 0 || heard == 200, "it happened when {read} bytes of the answer came");
        filed += 1;
    }

    all_home(&town, filed).await;
}

/// A filing as it goes over the wire.
fn written(erp: &Caller, door: &str, reference: &str) -> Vec<u8> {
    let body = screws(reference).of(DERUI).0.to_string();
    let head = format!(
        "POST /v1/declarations HTTP/1.1\r\nHost: {door}\r\nAuthorization: Bearer {}\r\n\
         Connection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        erp.token(),
        body.len(),
    );
    [head.into_bytes(), body.into_bytes()].concat()
}

/// All that comes back.
fn answer_to(door: &str, request: &[u8]) -> Vec<u8> {
    let mut line = TcpStream::connect(door).unwrap();
    line.write_all(request).unwrap();
    let mut answer = Vec::new();
    line.read_to_end(&mut answer).unwrap();
    answer
}

/// Some say goodbye and some just go.
fn hang_up(line: TcpStream, filed: i64) {
    if filed % 2 == 0 {
        line.shutdown(Shutdown::Write).unwrap();
    }
    drop(line);
}

/// Asks until the first receipt has come twice; the status of the first answer.
async fn ask_again(erp: &Caller, reference: &str) -> u16 {
    let consignment = screws(reference).of(DERUI);
    let first = erp.file(&consignment).await.unwrap();
    assert!(matches!(first.status, 200 | 201), "{:#}", first.body);
    let second = erp.file(&consignment).await.unwrap().expect(200);
    assert_eq!(second.body, first.body, "one receipt");
    first.status
}
