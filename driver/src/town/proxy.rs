//! A TCP proxy that spoils connections: between every two parts that talk stands one.
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::Context as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    time::sleep,
};

/// How late each piece is in slow weather.
const DELAY: Duration = Duration::from_millis(150);

/// Which of the two directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// From who asks to who answers.
    There,
    Back,
}

/// What happens to whatever passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weather {
    Fair,
    /// Every piece is late.
    Slow,
    /// Nothing passes, and nobody is told.
    Stalled,
    /// One direction is shut, the other goes on.
    HalfClosed(Way),
    /// Connections are reset (RST), and so is each new one.
    Reset,
    /// Half of a piece passes, then the connection ends in good order.
    Truncated,
}

/// One line between two parts.
pub(crate) struct Proxy {
    pub(crate) name: &'static str,
    weather: watch::Sender<Weather>,
}

impl Proxy {
    /// Listens at `port` and passes each connection on to one of the targets: in turn, past those that are not there.
    pub(crate) async fn open(
        name: &'static str,
        port: u16,
        targets: Vec<u16>,
    ) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await;
        let listener = listener.with_context(|| format!("the line {name} at {port}"))?;
        let (weather, forecast) = watch::channel(Weather::Fair);
        tokio::spawn(serve(
            listener,
            Arc::new(Targets { ports: targets, next: 0.into() }),
            forecast,
        ));
        Ok(Self { name, weather })
    }

    pub(crate) fn turn(&self, weather: Weather) {
        let _ = self.weather.send(weather);
    }
}

struct Targets {
    ports: Vec<u16>,
    next: AtomicUsize,
}

impl Targets {
    async fn connect(&self) -> Option<TcpStream> {
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        for step in 0..self.ports.len() {
            let port = self.ports[(first + step) % self.ports.len()];
            if let Ok(stream) = TcpStream::connect(("127.0.0.1", port)).await {
                return Some(stream);
            }
        }
        None
    }
}

async fn serve(listener: TcpListener, targets: Arc<Targets>, forecast: watch::Receiver<Weather>) {
    while let Ok((near, _)) = listener.accept().await {
        let (targets, forecast) = (Arc::clone(&targets), forecast.clone());
        tokio::spawn(async move {
            if let Some(far) = targets.connect().await {
                carry(near, far, forecast).await;
            }
        });
    }
}

/// How a connection is broken off.
enum Cut {
    Closed,
    Reset,
}

async fn carry(near: TcpStream, far: TcpStream, forecast: watch::Receiver<Weather>) {
    let _ = (near.set_nodelay(true), far.set_nodelay(true));
    let (mut near_in, mut near_out) = near.into_split();
    let (mut far_in, mut far_out) = far.into_split();
    let both = tokio::try_join!(
        pump(&mut near_in, &mut far_out, forecast.clone(), Way::There),
        pump(&mut far_in, &mut near_out, forecast, Way::Back),
    );
    if let Err(Cut::Reset) = both {
        let _ = (near_in.as_ref().set_zero_linger(), far_in.as_ref().set_zero_linger());
        // Dropped as they are, they would say goodbye first.
        near_out.forget();
        far_out.forget();
    }
}

/// Passes one direction on until it ends, the weather permitting.
async fn pump(
    from: &mut OwnedReadHalf,
    to: &mut OwnedWriteHalf,
    mut forecast: watch::Receiver<Weather>,
    way: Way,
) -> Result<(), Cut> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = tokio::select! {
            read = from.read(&mut buffer) => Some(read),
            changed = forecast.changed() => {
                changed.map_err(|_| Cut::Closed)?;
                None
            }
        };
        let mut weather = *forecast.borrow_and_update();
        if read.is_some() && weather == Weather::Stalled {
            let passed = forecast.wait_for(|weather| *weather != Weather::Stalled).await;
            weather = *passed.map_err(|_| Cut::Closed)?;
        }
        match weather {
            Weather::Reset => return Err(Cut::Reset),
            Weather::HalfClosed(shut) if shut == way => return close(to).await,
            _ => {}
        }
        let Some(read) = read else { continue };
        let count = read.map_err(|_| Cut::Closed)?;
        if count == 0 {
            return close(to).await;
        }
        match weather {
            Weather::Slow => sleep(DELAY).await,
            Weather::Truncated => {
                let _ = to.write_all(&buffer[..count / 2]).await;
                return Err(Cut::Closed);
            }
            _ => {}
        }
        to.write_all(&buffer[..count]).await.map_err(|_| Cut::Closed)?;
    }
}

async fn close(to: &mut OwnedWriteHalf) -> Result<(), Cut> {
    to.shutdown().await.map_err(|_| Cut::Closed)
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use super::*;
    use crate::town::free_port;

    /// A proxy in front of somebody who says back what he hears.
    async fn parrot() -> (Proxy, TcpStream) {
        let parrot = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let there = parrot.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = parrot.accept().await {
                tokio::spawn(async move {
                    let (mut from, mut to) = stream.into_split();
                    tokio::io::copy(&mut from, &mut to).await
                });
            }
        });
        let port = free_port().unwrap();
        // The first one is not there.
        let proxy = Proxy::open("test", port, vec![free_port().unwrap(), there]).await.unwrap();
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        say(&mut stream, b"hello").await;
        (proxy, stream)
    }

    async fn say(stream: &mut TcpStream, words: &[u8]) {
        stream.write_all(words).await.unwrap();
        let mut heard = vec![0; words.len()];
        stream.read_exact(&mut heard).await.unwrap();
        assert_eq!(heard, words);
    }

    #[tokio::test]
    async fn in_fair_weather_everything_passes_both_ways() {
        let (_proxy, mut stream) = parrot().await;

        say(&mut stream, &vec![7; 100_000]).await;
    }

    #[tokio::test]
    async fn a_truncated_connection_passes_half_and_ends() {
        let (proxy, mut stream) = parrot().await;
        proxy.turn(Weather::Truncated);

        stream.write_all(b"12345678").await.unwrap();

        let mut heard = Vec::new();
        let _ = stream.read_to_end(&mut heard).await;
        assert!(heard.len() < 8, "{heard:?}");
    }

    #[tokio::test]
    async fn a_reset_connection_is_reset() {
        let (proxy, mut stream) = parrot().await;
        proxy.turn(Weather::Reset);

        let error = stream.read(&mut [0; 8]).await.unwrap_err();

        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    }

    #[tokio::test]
    async fn what_stalled_arrives_when_the_weather_clears() {
        let (proxy, mut stream) = parrot().await;
        proxy.turn(Weather::Stalled);
        stream.write_all(b"late").await.unwrap();
        tokio::task::yield_now().await;
        proxy.turn(Weather::Fair);

        let mut heard = [0; 4];
        stream.read_exact(&mut heard).await.unwrap();
        assert_eq!(&heard, b"late");
    }

    #[tokio::test]
    async fn a_half_closed_connection_ends_one_way() {
        let (proxy, mut stream) = parrot().await;
        proxy.turn(Weather::HalfClosed(Way::Back));

        assert_eq!(stream.read(&mut [0; 8]).await.unwrap(), 0);
        stream.write_all(b"still listening?").await.unwrap();
    }
}
