//! Where a webhook may go: what an address must look like, and which addresses nobody outside may make us call. Pure.
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether receivers inside our own network may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrivateAddresses {
    /// Public addresses alone, over https alone.
    Refuse,
    /// Any address, also over http: for tests, and for networks that have nothing but receivers in them.
    Allow,
}

impl PrivateAddresses {
    /// `refuse` or `allow`.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "refuse" => Ok(Self::Refuse),
            "allow" => Ok(Self::Allow),
            _ => Err("must be refuse or allow".to_owned()),
        }
    }

    /// May this address be called?
    #[must_use]
    pub fn permit(self, address: IpAddr) -> bool {
        self == Self::Allow || is_public(address)
    }

    /// What is wrong with a receiver's URL, in Chinese and English.
    pub fn check(self, url: &str) -> Result<(), (&'static str, &'static str)> {
        let rest = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
            (Some(rest), _) => rest,
            (None, Some(rest)) if self == Self::Allow => rest,
            _ => return Err(("必须以https://开头", "it must begin with https://")),
        };
        if url.len() > 500 || !url.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
            return Err(("最多500个可见ASCII字符", "at most 500 visible ASCII characters"));
        }
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') || url.contains('#') {
            return Err((
                "不能含有用户名、密码或片段",
                "no user, password or fragment may stand in it",
            ));
        }
        let host = host_of(authority);
        if host.is_empty() {
            return Err(("缺少主机名", "it names no host"));
        }
        match host.parse::<IpAddr>() {
            Ok(address) if !self.permit(address) => {
                Err(("不能是内部网络地址", "it is an address of a private network"))
            }
            _ => Ok(()),
        }
    }
}

/// The host of `host`, `host:port`, `[v6]` or `[v6]:port`.
fn host_of(authority: &str) -> &str {
    match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, _)) => host,
        None => authority.split(':').next().unwrap_or_default(),
    }
}

/// Is this an address of the open Internet? Whatever IANA keeps for special purposes is not.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b));
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, .., g, h] = address.segments();
    let embedded = || {
        let ([g0, g1], [h0, h1]) = (g.to_be_bytes(), h.to_be_bytes());
        is_public_v4(Ipv4Addr::new(g0, g1, h0, h1))
    };
    if address.to_ipv4_mapped().is_some() || (a == 0x64 && b == 0xff9b) {
        return embedded();
    }
    // Only 2000::/3 is given out; in it, 6to4, Teredo, and what is kept for documents and benchmarks lead elsewhere.
    let is_given_out = a & 0xe000 == 0x2000;
    let is_special =
        a == 0x2002 || (a == 0x2001 && b < 0x200) || (a == 0x2001 && b == 0xdb8) || a == 0x3fff;
    is_given_out && !is_special
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_in_all_their_disguises_are_refused() {
        let inside = [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "192.0.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "203.0.113.7",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "2001:db8::1",
            "2001::1",
        ];
        for address in inside {
            let address: IpAddr = address.parse().unwrap();
            assert!(!PrivateAddresses::Refuse.permit(address), "{address}");
            assert!(PrivateAddresses::Allow.permit(address), "{address}");
        }
    }

    #[test]
    fn addresses_of_the_open_internet_are_called() {
        for address in ["1.1.1.1", "114.114.114.114", "2400:3200::1", "64:ff9b::101:101"] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn a_url_is_told_what_is_wrong_with_it() {
        let wrong = [
            "http://erp.example/hooks",
            "ftp://erp.example",
            "https://",
            "https://a@erp.example/",
            "https:///x",
            "https://10.0.0.1/",
            "https://[::1]:8443/",
            "https://erp.example/#x",
            "https://erp.example/中",
            r"https://erp.example\@10.0.0.1/",
        ];
        for url in wrong {
            assert!(PrivateAddresses::Refuse.check(url).is_err(), "{url}");
        }
        assert_eq!(PrivateAddresses::Refuse.check("https://erp.example:8443/hooks?x=1"), Ok(()));
        assert_eq!(PrivateAddresses::Allow.check("http://127.0.0.1:9/hooks"), Ok(()));
    }
}
