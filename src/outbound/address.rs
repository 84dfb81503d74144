//! Which addresses a request may be sent to: those of the public Internet, and private ones where that is configured.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Who stands at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Anybody: the public Internet.
    Public,
    /// This machine, or a network of one's own.
    Private,
    /// Nobody whom a request is meant for: link-local, a cloud's metadata, multicast, reserved.
    Never,
}

/// The clouds' metadata services outside of the link-local ranges: Alibaba's, and AWS's over IPv6.
const METADATA: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)), IpAddr::V6(Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254))];

/// Whether a request may be sent there.
pub(super) fn may_reach(address: IpAddr, allow_private: bool) -> bool {
    match reach(address) {
        Reach::Public => true,
        Reach::Private => allow_private,
        Reach::Never => false,
    }
}

/// Who stands at an address, by IANA's registries of special addresses; an IPv4 address inside an IPv6 one counts as itself.
pub(super) fn reach(address: IpAddr) -> Reach {
    if METADATA.contains(&address) {
        return Reach::Never;
    }
    match address {
        IpAddr::V4(address) => reach_v4(address),
        IpAddr::V6(address) => reach_v6(address),
    }
}

fn reach_v4(address: Ipv4Addr) -> Reach {
    let [a, b, c, _] = address.octets();
    if address.is_loopback() || address.is_private() || (a == 100 && (64..128).contains(&b)) {
        return Reach::Private;
    }
    let special = a == 0
        || a >= 224
        || address.is_link_local()
        || address.is_documentation()
        || matches!((a, b, c), (192, 0, 0) | (192, 88, 99) | (198, 18 | 19, _));
    if special { Reach::Never } else { Reach::Public }
}

fn reach_v6(address: Ipv6Addr) -> Reach {
    if let Some(inside) = inside(address) {
        return reach(IpAddr::V4(inside));
    }
    let [first, second, ..] = address.segments();
    if address.is_loopback() || address.is_unique_local() {
        return Reach::Private;
    }
    // Teredo and other protocols' own (2001::/23), documentation (2001:db8::/32, 3fff::/20).
    let special = matches!((first, second), (0x2001, 0..0x0200 | 0x0db8) | (0x3fff, 0..0x1000));
    if first & 0xe000 == 0x2000 && !special { Reach::Public } else { Reach::Never }
}

/// An IPv4 address in other clothes: mapped (`::ffff:0:0/96`), NAT64 (`64:ff9b::/96`), 6to4 (`2002::/16`).
fn inside(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let bytes = address.octets();
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => {
            bytes.last_chunk::<4>().copied().map(Ipv4Addr::from)
        }
        [0x2002, ..] => bytes.get(2..).and_then(|rest| rest.first_chunk::<4>()).copied().map(Ipv4Addr::from),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(reached: Reach, addresses: &[&str]) {
        for address in addresses {
            assert_eq!(reach(address.parse().unwrap()), reached, "{address}");
        }
    }

    #[test]
    fn an_address_is_public_private_or_never_to_be_reached() {
        all(
            Reach::Public,
            &["1.1.1.1", "172.15.0.1", "172.32.0.1", "100.128.0.1", "192.167.1.1", "2606:4700::1", "2a00::1"],
        );
        all(
            Reach::Private,
            &["127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "::1", "fd12::1"],
        );
        all(
            Reach::Never,
            &["0.0.0.0", "0.1.2.3", "169.254.169.254", "169.254.1.1", "224.0.0.1", "255.255.255.255", "240.0.0.1"],
        );
        all(
            Reach::Never,
            &["100.100.100.200", "fd00:ec2::254", "192.0.0.192", "192.0.2.1", "198.18.0.1", "203.0.113.9"],
        );
        all(Reach::Never, &["::", "fe80::1", "fec0::1", "ff02::1", "2001:db8::1", "2001::1", "100::1", "3fff::1"]);
    }

    #[test]
    fn an_ipv4_address_inside_an_ipv6_one_counts_as_itself() {
        all(Reach::Private, &["::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"]);
        all(
            Reach::Never,
            &["::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::", "::ffff:100.100.100.200"],
        );
        all(Reach::Never, &["::127.0.0.1", "64:ff9b:1::1"]);
        all(Reach::Public, &["::ffff:1.1.1.1", "64:ff9b::101:101"]);
    }

    #[test]
    fn a_private_address_needs_a_word_and_metadata_is_never_reached() {
        let loopback = "127.0.0.1".parse().unwrap();
        assert!(!may_reach(loopback, false) && may_reach(loopback, true));
        assert!(!may_reach("169.254.169.254".parse().unwrap(), true));
        assert!(may_reach("1.1.1.1".parse().unwrap(), false));
    }
}
