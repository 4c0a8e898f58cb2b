/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The data of records as text: what is expected is what dig 9.18 +short printed for these bytes. */
#include "tools/dns_rdata.h"

#include "tools/dns_message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit_test.h"

#define WWW       "\3www\7example\3com\0"
#define FIFTY_ONE "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmno"
#define ZERO_10   "\0\0\0\0\0\0\0\0\0\0"
#define ZERO_16   ZERO_10 "\0\0\0\0\0\0"
/* Bytes in ascending order, sixteen each. */
#define COUNT_00 "\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17"
#define COUNT_10 "\20\21\22\23\24\25\26\27\30\31\32\33\34\35\36\37"
#define COUNT_20 " !\"#$%&'()*+,-./"
#define COUNT_30 "0123456789:;<=>?"

static const struct sound {
	const char *type;
	const char *data;
	size_t len;
	const char *text;
} SOUND[] = {
	/* Addresses. */
	{ "A", BYTES("\300\0\2\1"), "192.0.2.1" },
	{ "A", BYTES("\377\377\377\377"), "255.255.255.255" },
	{ "AAAA", BYTES(" \1\15\270" ZERO_10 "\0\1"), "2001:db8::1" },
	{ "AAAA", BYTES(ZERO_16), "::" },
	{ "AAAA", BYTES(ZERO_10 "\377\377\300\0\2\1"), "::ffff:192.0.2.1" },
	{ "AAAA", BYTES(ZERO_10 "\0\0\300\0\2\1"), "::192.0.2.1" },
	{ "AAAA", BYTES(" \1\15\270\0\0\0\1\0\1\0\1\0\1\0\1"), "2001:db8:0:1:1:1:1:1" },
	{ "AAAA", BYTES(" \1\0\0\0\0\0\1\0\0\0\0\0\0\0\1"), "2001:0:0:1::1" },
	{ "EUI48", BYTES("\0\0^\0S*"), "00-00-5e-00-53-2a" },
	{ "EUI64", BYTES("\0\0^\357\20\0\0*"), "00-00-5e-ef-10-00-00-2a" },
	/* Names, and what a byte in them may be. */
	{ "NS", BYTES(WWW), "www.example.com." },
	{ "CNAME", BYTES("\0"), "." },
	{ "PTR", BYTES("\3WWW\7Example\0"), "WWW.Example." },
	{ "DNAME", BYTES(WWW), "www.example.com." },
	{ "PTR", BYTES("\3a.b\7\"\\;()@$\0"), "a\\.b.\\\"\\\\\\;\\(\\)\\@\\$." },
	{ "PTR", BYTES("\11 \11\12\0\33[31m\3\177\200\377\3h\303\244\0"),
	  "\\032\\009\\010\\000\\027[31m.\\127\\128\\255.h\\195\\164." },
	{ "PTR", BYTES("\4_a-b\1*\25~!#%&'+,/:<=>?[]^`{|}\0"), "_a-b.*.~!#%&'+,/:<=>?[]^`{|}." },
	{ "SOA", BYTES("\3ns1\7example\0\13host.master\7example\0x\302u\365\0\0\34 \0\0\16\20\0"
		"\22u\0\377\377\377\377"),
	  "ns1.example. host\\.master.example. 2026010101 7200 3600 1209600 4294967295" },
	{ "RP", BYTES(WWW "\0"), "www.example.com. ." },
	{ "MINFO", BYTES("\0" WWW), ". www.example.com." },
	{ "MX", BYTES("\0\12" WWW), "10 www.example.com." },
	{ "MX", BYTES("\0\0\0"), "0 ." },
	{ "MX", BYTES("\377\377" WWW), "65535 www.example.com." },
	{ "AFSDB", BYTES("\0\1" WWW), "1 www.example.com." },
	{ "KX", BYTES("\0\2" WWW), "2 www.example.com." },
	{ "RT", BYTES("\0\3" WWW), "3 www.example.com." },
	{ "LP", BYTES("\0\4" WWW), "4 www.example.com." },
	{ "PX", BYTES("\0\5" WWW "\0"), "5 www.example.com. ." },
	{ "SRV", BYTES("\0\0\0\0\23\304" WWW), "0 0 5060 www.example.com." },
	{ "SRV", BYTES("\377\377\377\377\377\377\0"), "65535 65535 65535 ." },
	{ "NAPTR", BYTES("\0d\0002\1s\10http+I2R\0" WWW),
	  "100 50 \"s\" \"http+I2R\" \"\" www.example.com." },
	{ "NAPTR", BYTES("\0d\0\12\0\0!!^urn:cid:.+@([^\\.]+\\.)(.*)$!\\2!i\0"),
	  "100 10 \"\" \"\" \"!^urn:cid:.+@([^\\\\.]+\\\\.)(.*)$!\\\\2!i\" ." },
	/* Strings. */
	{ "TXT", BYTES("\5plain"), "\"plain\"" },
	{ "TXT", BYTES("\0"), "\"\"" },
	{ "TXT", BYTES("\0\3a b\0"), "\"\" \"a b\" \"\"" },
	{ "TXT", BYTES("\14\"\\;@$()'`, ="), "\"\\\"\\\\;@$()'`, =\"" },
	{ "TXT", BYTES("\13\0\11\12\33[31m\177\200\377"),
	  "\"\\000\\009\\010\\027[31m\\127\\128\\255\"" },
	{ "TXT", BYTES("\3h\303\244"), "\"h\\195\\164\"" },
	{ "TXT", BYTES("\377" FIFTY_ONE FIFTY_ONE FIFTY_ONE FIFTY_ONE FIFTY_ONE "\1y"),
	  "\"" FIFTY_ONE FIFTY_ONE FIFTY_ONE FIFTY_ONE FIFTY_ONE "\" \"y\"" },
	{ "SPF", BYTES("\7v=spf1 \4-all"), "\"v=spf1 \" \"-all\"" },
	{ "HINFO", BYTES("\11PDP-11/70\11UNIX \"v7\""), "\"PDP-11/70\" \"UNIX \\\"v7\\\"\"" },
	{ "HINFO", BYTES("\0\0"), "\"\" \"\"" },
	{ "X25", BYTES("\014311061700956"), "\"311061700956\"" },
	{ "ISDN", BYTES("\017150862028003217"), "\"150862028003217\"" },
	{ "ISDN", BYTES("\0041508\003004"), "\"1508\" \"004\"" },
	{ "GPOS", BYTES("\10-32.6882\010116.8652\00410.0"),
	  "\"-32.6882\" \"116.8652\" \"10.0\"" },
	{ "NINFO", BYTES("\1a\1b"), "\"a\" \"b\"" },
	{ "AVC", BYTES("\37app-name:WOLFGANG|app-class:OAM"),
	  "\"app-name:WOLFGANG|app-class:OAM\"" },
	{ "CAA", BYTES("\0\5issueca.example; account=1"), "0 issue \"ca.example; account=1\"" },
	{ "CAA", BYTES("\200\5iodefmailto:a@example"), "128 iodef \"mailto:a@example\"" },
	{ "CAA", BYTES("\377\3x9Y\"\\\33\377"), "255 x9Y \"\\\"\\\\\\027\\255\"" },
	{ "CAA", BYTES("\0\5issue"), "0 issue \"\"" },
	{ "URI", BYTES("\0\12\0\1https://www.example/?a=b;c"),
	  "10 1 \"https://www.example/?a=b;c\"" },
	{ "URI", BYTES("\0\0\377\377a \"b\"\\\1"), "0 65535 \"a \\\"b\\\"\\\\\\001\"" },
	{ "URI", BYTES("\0\0\0\0"), "0 0 \"\"" },
	/* LOC: its forms. */
	{ "LOC", BYTES("\0\22\26\23\211\27-\320p\276\25\360\0\230\215 "),
	  "42 21 54.000 N 71 6 18.000 W -24.00m 1m 10000m 10m" },
	{ "LOC", BYTES("\0\0\0\0\200\0\0\0\200\0\0\0\0\230\226\200"),
	  "0 0 0.000 N 0 0 0.000 E 0.00m 0.00m 0.00m 0.00m" },
	{ "LOC", BYTES("\0\20\221\220\177\377\377\377\200\0\0\1\0\230\226\177"),
	  "0 0 0.001 S 0 0 0.001 E -0.01m 0.01m 0.90m 0.09m" },
	{ "LOC", BYTES("\0\231\231\231\223O\331\0\246\237\262\0\377\377\377\377"),
	  "90 0 0.000 N 180 0 0.000 E 42849672.95m 90000000m 90000000m 90000000m" },
	{ "LOC", BYTES("\0\21\22\"l\260'\0Y`N\0\0\0\0\0"),
	  "90 0 0.000 S 180 0 0.000 W -100000.00m 0.10m 1m 2m" },
	{ "LOC", BYTES("\00035\26\213/\322\200\177\311\21\201\0\230\226\262"),
	  "52 8 3.456 N 0 59 59.999 W 0.50m 30m 3000m 10000m" },
	{ "LOC", BYTES("\1abc"), "\\# 4 01616263" },
	/* Keys, signatures and hashes, in groups of 56 characters. */
	{ "DS", BYTES("\354E\5\1" COUNT_00 "\20\21\22\23"),
	  "60485 5 1 000102030405060708090A0B0C0D0E0F10111213" },
	{ "DS", BYTES("\354E\10\2" COUNT_00 COUNT_10),
	  "60485 8 2 000102030405060708090A0B0C0D0E0F101112131415161718191A1B 1C1D1E1F" },
	{ "DS", BYTES("\0\1\10\4" COUNT_00 COUNT_10 COUNT_20),
	  "1 8 4 000102030405060708090A0B0C0D0E0F101112131415161718191A1B 1C1D1E1F202122232425262"
	  "728292A2B2C2D2E2F" },
	{ "CDS", BYTES("\0\0\0\0\0"), "0 0 0 00" },
	{ "DLV", BYTES("\354E\5\1" COUNT_00 "\20\21\22\23"),
	  "60485 5 1 000102030405060708090A0B0C0D0E0F10111213" },
	{ "TA", BYTES("\354E\5\1" COUNT_00 "\20\21\22\23"),
	  "60485 5 1 000102030405060708090A0B0C0D0E0F10111213" },
	{ "SSHFP", BYTES("\4\2" COUNT_00 COUNT_10),
	  "4 2 000102030405060708090A0B0C0D0E0F101112131415161718191A1B 1C1D1E1F" },
	{ "SSHFP", BYTES("\0\0"), "0 0" },
	{ "TLSA", BYTES("\3\1\1" COUNT_00 COUNT_10),
	  "3 1 1 000102030405060708090A0B0C0D0E0F101112131415161718191A1B 1C1D1E1F" },
	{ "TLSA", BYTES("\3\0\0" COUNT_00 "\20\21\22\23\24\25\26\27\30\31\32\33"),
	  "3 0 0 000102030405060708090A0B0C0D0E0F101112131415161718191A1B" },
	{ "TLSA", BYTES("\3\0\0" COUNT_00 "\20\21\22\23\24\25\26\27\30\31\32\33\34"),
	  "3 0 0 000102030405060708090A0B0C0D0E0F101112131415161718191A1B 1C" },
	{ "SMIMEA", BYTES("\377\377\377\0"), "255 255 255 00" },
	{ "ZONEMD", BYTES("x\302u\365\1\1" COUNT_00 COUNT_10 COUNT_20),
	  "2026010101 1 1 000102030405060708090A0B0C0D0E0F101112131415161718191A1B 1C1D1E1F202122"
	  "232425262728292A2B2C2D2E2F" },
	{ "DNSKEY", BYTES("\1\0\3\10" COUNT_00 COUNT_10 " !\"#$%&'()"),
	  "256 3 8 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygp" },
	{ "DNSKEY", BYTES("\1\1\3\15" COUNT_00 COUNT_10 COUNT_20 COUNT_30),
	  "257 3 13 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygp KissLS4vMDEyMzQ1Njc4"
	  "OTo7PD0+Pw==" },
	{ "DNSKEY", BYTES("\0\0\0\0\377"), "0 0 0 /w==" },
	{ "CDNSKEY", BYTES("\0\0\3\0\0"), "0 3 0 AA==" },
	{ "KEY", BYTES("\2\0\3\1\0\1\2\3"), "512 3 1 AAECAw==" },
	{ "OPENPGPKEY", BYTES(COUNT_00 COUNT_10 " !\"#$%&'()*"),
	  "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygp Kg==" },
	{ "OPENPGPKEY", BYTES("\373\377"), "+/8=" },
	{ "DHCID", BYTES(COUNT_00 COUNT_10 " !\""),
	  "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISI=" },
	{ "RRSIG", BYTES("\0\1\5\3\0\1Q\200qFF\327i\230\213\177\12R\7example\3com\0" COUNT_00
		COUNT_10 COUNT_20 "0123456789:;"),
	  "A 5 3 86400 20300322173103 20260220162743 2642 example.com. AAECAwQFBgcICQoLDA0ODxAREh"
	  "MUFRYXGBkaGxwdHh8gISIjJCUmJygp KissLS4vMDEyMzQ1Njc4OTo7" },
	{ "RRSIG", BYTES("\0006\10\0\0\0\0\0eS\361\0eS\360\377\0\0\0\0"),
	  "TYPE54 8 0 0 20231114221320 20231114221319 0 . AA==" },
	{ "SIG", BYTES("\0\1\5\3\0\1Q\200qFF\327i\230\213\177\12R\3com\0abc"),
	  "A 5 3 86400 20300322173103 20260220162743 2642 com. YWJj" },
	{ "NSEC3PARAM", BYTES("\1\0\0\14\4\252\273\314\335"), "1 0 12 AABBCCDD" },
	{ "NSEC3PARAM", BYTES("\1\0\0\0\0"), "1 0 0 -" },
	{ "NSEC3PARAM", BYTES("\1\377\377\377<" COUNT_00 COUNT_10 COUNT_20 "0123456789:;"),
	  "1 255 65535 000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F2021222324"
	  "25262728292A2B2C2D2E2F303132333435363738393A3B" },
	/* Types that exist at a name. */
	{ "NSEC", BYTES(WWW "\0\6@\1\0\0\0\3"), "www.example.com. A MX RRSIG NSEC" },
	{ "NSEC", BYTES("\0\0\1\377"), ". TYPE0 A NS MD MF CNAME SOA MB" },
	{ "NSEC", BYTES("\0\0\6@\1\0\0\0\3\4\33" ZERO_16 ZERO_10 " "),
	  ". A MX RRSIG NSEC TYPE1234" },
	{ "NSEC", BYTES("\0\1\1\300\200\1\300\377 " ZERO_16 ZERO_10 "\0\0\0\0\0\1"),
	  ". URI CAA TA DLV TYPE65535" },
	{ "NSEC3", BYTES("\1\1\0\14\4\252\273\314\335\24" COUNT_00 "\20\21\22\23\0\6@\0\0\0\0\2"),
	  "1 1 12 AABBCCDD 000G40O40K30E209185GO38E1S8124GJ A RRSIG" },
	{ "NSEC3", BYTES("\1\0\0\0\0\24\377\377\377\377\377\377\377\377\377\377\377\377\377\377"
		"\377\377\377\377\377\377"),
	  "1 0 0 - VVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVV" },
	{ "NSEC3", BYTES("\2\0\0\0\0\6\1\2\3\4\5\6\0\1@"), "2 0 0 - 041061050O A" },
	{ "NSEC3", BYTES("\2\0\0\0\0\1\360"), "2 0 0 - U0" },
	{ "CSYNC", BYTES("\0\0\0B\0\3\0\4`\0\0\10"), "66 3 A NS AAAA" },
	{ "CSYNC", BYTES("\377\377\377\377\0\0"), "4294967295 0" },
	/* Service bindings. */
	{ "SVCB", BYTES("\0\0" WWW), "0 www.example.com." },
	{ "HTTPS", BYTES("\0\0" WWW), "0 www.example.com." },
	{ "SVCB", BYTES("\0\1\0"), "1 ." },
	{ "HTTPS", BYTES("\0\1\0\0\1\0\6\2h2\2h3\0\3\0\2 \373\0\4\0\10\300\0\2\1\300\0\2\2\0\5\0"
		"\4\0E\376\15\0\6\0\20 \1\15\270" ZERO_10 "\0\1"),
	  "1 . alpn=\"h2,h3\" port=8443 ipv4hint=192.0.2.1,192.0.2.2 ech=AEX+DQ== ipv6hint=2001:d"
	  "b8::1" },
	{ "HTTPS", BYTES("\0\2" WWW "\0\0\0\4\0\1\0\3\0\1\0\3\2h2\0\2\0\0\0\3\0\2\1\273"),
	  "2 www.example.com. mandatory=alpn,port alpn=\"h2\" no-default-alpn port=443" },
	{ "SVCB", BYTES("\0\20" WWW "\0\1\0\14\10f\\oo,bar\2h2"),
	  "16 www.example.com. alpn=\"f\\\\\\\\oo\\\\,bar,h2\"" },
	{ "SVCB", BYTES("\0\20" WWW "\0\1\0\10\7 \"\177\377;@\0"),
	  "16 www.example.com. alpn=\"\\032\\\"\\127\\255;@\\000\"" },
	{ "SVCB", BYTES("\0\1\0\0\5\0\0"), "1 . ech" },
	{ "SVCB", BYTES("\0\1\0\0\5\0<" COUNT_00 COUNT_10 COUNT_20 "0123456789:;"),
	  "1 . ech=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OT"
	  "o7" },
	{ "SVCB", BYTES("\0\1\0\0\6\0 " ZERO_16 ZERO_10 "\377\377\1\2\3\4"),
	  "1 . ipv6hint=::,::ffff:1.2.3.4" },
	{ "SVCB", BYTES("\0\1\0\0\7\0\20/dns-query{?dns}"), "1 . key7=\"/dns-query{?dns}\"" },
	{ "SVCB", BYTES("\0\1\0\2\233\0\5hello\2\234\0\10a \"b\"\\\0\377\377\377\0\0"),
	  "1 . key667=\"hello\" key668=\"a \\\"b\\\"\\\\\\000\\255\" key65535" },
	{ "SVCB", BYTES("\0\1\0\0\0\0\2\2\233\2\233\0\0"), "1 . mandatory=key667 key667" },
	{ "SVCB", BYTES("\0\0" WWW "\0\3\0\2\0005"), "0 www.example.com. port=53" },
	/* Rare ones. */
	{ "WKS", BYTES("\300\0\2P\6\0\0\0@\0\0\0\0\0\0\200"), "192.0.2.80 6 25 80" },
	{ "WKS", BYTES("\300\0\2P\21"), "192.0.2.80 17" },
	{ "NSAP", BYTES("G\0\5\200\377"), "0x47000580ff" },
	{ "NSAP-PTR", BYTES(WWW), "www.example.com." },
	{ "CERT", BYTES("\0\00109\10\0\1\2"), "PKIX 12345 RSASHA256 AAEC" },
	{ "CERT", BYTES("\0\376\0\0\376" COUNT_00 COUNT_10 " !\"#$%&'()*+,"),
	  "OID 0 PRIVATEOID AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygp Kiss" },
	{ "CERT", BYTES("\377\377\0\1\4\0"), "65535 1 4 AA==" },
	{ "APL", BYTES("\0\1\30\3\300\0\2\0\2 \204 \1\15\270"),
	  "1:192.0.2.0/24 !2:2001:db8::/32" },
	{ "APL", BYTES("\0\1\0\0\0\2\200\220" COUNT_00),
	  "1:0.0.0.0/0 !2:1:203:405:607:809:a0b:c0d:e0f/128" },
	{ "IPSECKEY", BYTES("\12\0\2\0\1\2\3"), "10 0 2 . AAECAw==" },
	{ "IPSECKEY", BYTES("\12\1\2\300\0\2&" COUNT_00 COUNT_10 " !\"#$%&'()*+,"),
	  "10 1 2 192.0.2.38 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygp Kiss" },
	{ "IPSECKEY", BYTES("\12\2\2 \1\15\270" ZERO_10 "\0\1\0\1\2"),
	  "10 2 2 2001:db8::1 AAEC" },
	{ "IPSECKEY", BYTES("\12\3\2" WWW "\0\1\2"), "10 3 2 www.example.com. AAEC" },
	{ "NID", BYTES("\0\12\0\24O\377\377 \356d"), "10 14:4fff:ff20:ee64" },
	{ "L64", BYTES("\0\12 \1\15\270\21@\0\0"), "10 2001:db8:1140:0" },
	{ "L32", BYTES("\0\12\12\1\2\0"), "10 10.1.2.0" },
	{ "TALINK", BYTES(WWW "\0"), "www.example.com. ." },
	{ "RESINFO", BYTES("\10qnamemin\14exterr=15-17"), "\"qnamemin\" \"exterr=15-17\"" },
	{ "WALLET", BYTES("\3BTC\1x"), "\"BTC\" \"x\"" },
	/* What has no words (RFC 3597). */
	{ "TYPE65534", BYTES("\12\0\0\1"), "\\# 4 0A000001" },
	{ "TYPE65534", BYTES(""), "\\# 0" },
	{ "TYPE62347", BYTES(COUNT_00 COUNT_10 " !\"#$%&'"),
	  "\\# 40 000102030405060708090A0B0C0D0E0F101112131415161718191A1B 1C1D1E1F20212223242526"
	  "27" },
	{ "NULL", BYTES("\377"), "\\# 1 FF" },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct malformed {
	const char *type;
	const char *data;
	size_t len;
} MALFORMED[] = {
	/* Too short, too long. */
	{ "A", BYTES("") },
	{ "A", BYTES("\300\0\2") },
	{ "A", BYTES("\300\0\2\1\0") },
	{ "AAAA", BYTES(ZERO_10 "\0\0\0\0\0") },
	{ "AAAA", BYTES(ZERO_16 "\0") },
	{ "EUI48", BYTES("\0\0^\0S") },
	{ "EUI48", BYTES("\0\0^\0S*\0") },
	{ "EUI64", BYTES("\0\0^\357\20\0\0") },
	/* Names: none, cut, with something behind, a label type that is none, pointers to themselves
	   and beyond the packet. */
	{ "NS", BYTES("") },
	{ "CNAME", BYTES("\3www") },
	{ "PTR", BYTES("\3www\0x") },
	{ "DNAME", BYTES("\100a\0") },
	{ "NS", BYTES("\300\27") },
	{ "NS", BYTES("\300\40") },
	{ "SOA", BYTES(WWW WWW "\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0") },
	{ "SOA", BYTES(WWW WWW "\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5\0") },
	{ "SOA", BYTES(WWW) },
	{ "RP", BYTES(WWW) },
	{ "MINFO", BYTES(WWW) },
	{ "MX", BYTES("\0") },
	{ "MX", BYTES("\0\12") },
	{ "MX", BYTES("\0\12" WWW "\0") },
	{ "AFSDB", BYTES("\0\1") },
	{ "SRV", BYTES("\0\0\0\0\0") },
	{ "SRV", BYTES("\0\0\0\0\0\0") },
	{ "NAPTR", BYTES("\0\1\0\1\1s\0\0") },
	{ "NAPTR", BYTES("\0\1\0\1\1s\0\2a") },
	{ "KX", BYTES("\0\1") },
	{ "LP", BYTES("\0\1") },
	{ "PX", BYTES("\0\1\0") },
	{ "RT", BYTES("\0\1") },
	/* Strings: none where one has to be, longer than the data. */
	{ "TXT", BYTES("") },
	{ "TXT", BYTES("\4abc") },
	{ "TXT", BYTES("\3abc\1") },
	{ "SPF", BYTES("\1") },
	{ "HINFO", BYTES("\1a") },
	{ "HINFO", BYTES("\1a\1b\1c") },
	{ "X25", BYTES("\1a\1b") },
	{ "ISDN", BYTES("") },
	{ "GPOS", BYTES("\1a\1b") },
	{ "CAA", BYTES("\0") },
	{ "CAA", BYTES("\0\0") },
	{ "CAA", BYTES("\0\6issue") },
	{ "CAA", BYTES("\0\3a-b") },
	{ "CAA", BYTES("\0\3a\0b") },
	{ "CAA", BYTES("\0\2\303\244") },
	{ "URI", BYTES("\0\0\0") },
	/* LOC: cut; a digit or power above 9, a power of nothing; more than 90 and 180 degrees. */
	{ "LOC", BYTES("\0\22\26\23\200\0\0\0\200\0\0\0\0\230\226") },
	{ "LOC", BYTES("\0\22\26\23\200\0\0\0\200\0\0\0\0\230\226\200\0") },
	{ "LOC", BYTES("\0\240\26\23\200\0\0\0\200\0\0\0\0\230\226\200") },
	{ "LOC", BYTES("\0\22\32\23\200\0\0\0\200\0\0\0\0\230\226\200") },
	{ "LOC", BYTES("\0\22\26\3\200\0\0\0\200\0\0\0\0\230\226\200") },
	{ "LOC", BYTES("\0\22\26\23\223O\331\1\200\0\0\0\0\230\226\200") },
	{ "LOC", BYTES("\0\22\26\23l\260&\377\200\0\0\0\0\230\226\200") },
	{ "LOC", BYTES("\0\22\26\23\200\0\0\0\246\237\262\1\0\230\226\200") },
	/* Keys and hashes: nothing behind the numbers. */
	{ "DS", BYTES("\0\1\10\2") },
	{ "CDS", BYTES("\0\1\10") },
	{ "SSHFP", BYTES("\4") },
	{ "TLSA", BYTES("\3\1\1") },
	{ "SMIMEA", BYTES("\3\1") },
	{ "ZONEMD", BYTES("\0\0\0\1\1\1") },
	{ "DNSKEY", BYTES("\1\0\3\10") },
	{ "CDNSKEY", BYTES("\1\0\3") },
	{ "OPENPGPKEY", BYTES("") },
	{ "DHCID", BYTES("") },
	{ "RRSIG", BYTES("\0\1\5\3\0\1Q\200qFF\327i\230\213\177\12R\7example\3com\0") },
	{ "RRSIG", BYTES("\0\1\5\3\0\1Q\200qFF\327i\230\213\177\12") },
	{ "NSEC3PARAM", BYTES("\1\0\0\14\4\252\273\314") },
	{ "NSEC3PARAM", BYTES("\1\0\0\14\1\252\273") },
	/* Bitmaps: none, cut, of no or too many bytes, zeros at the end, windows not in order. */
	{ "NSEC", BYTES(WWW) },
	{ "NSEC", BYTES("\0\0") },
	{ "NSEC", BYTES("\0\0\2\100") },
	{ "NSEC", BYTES("\0\0\0") },
	{ "NSEC", BYTES("\0\0\41" ZERO_16 ZERO_16 "\1") },
	{ "NSEC", BYTES("\0\0\2\100\0") },
	{ "NSEC", BYTES("\0\1\1\100\0\1\100") },
	{ "NSEC", BYTES("\0\0\1\100\0\1\100") },
	{ "NSEC3", BYTES("\1\0\0\0\0") },
	{ "NSEC3", BYTES("\1\0\0\0\0\0") },
	{ "NSEC3", BYTES("\1\0\0\0\0\4\1\2\3") },
	{ "NSEC3", BYTES("\1\0\0\0\0\1\1\0\1\0") },
	{ "CSYNC", BYTES("\0\0\0\102\0") },
	/* Service bindings: keys twice and not in order, cut; values of a wrong length, each key's;
	   RFC 9460 section 8: what is mandatory is not there, twice, not in order, "mandatory"
	   itself; section 7.1.1: no-default-alpn alone. */
	{ "SVCB", BYTES("\0") },
	{ "SVCB", BYTES("\0\1") },
	{ "SVCB", BYTES("\0\1\0\0") },
	{ "SVCB", BYTES("\0\1\0\0\3\0") },
	{ "SVCB", BYTES("\0\1\0\0\3\0\2\0") },
	{ "SVCB", BYTES("\0\1\0\0\3\0\2\0\1\0\3\0\2\0\1") },
	{ "SVCB", BYTES("\0\1\0\2\233\0\0\0\3\0\2\0\1") },
	{ "HTTPS", BYTES("\0\1\0\0\1\0\0") },
	{ "HTTPS", BYTES("\0\1\0\0\1\0\1\0") },
	{ "HTTPS", BYTES("\0\1\0\0\1\0\3\3h2") },
	{ "HTTPS", BYTES("\0\1\0\0\2\0\0") },
	{ "HTTPS", BYTES("\0\1\0\0\0\0\2\0\2\0\2\0\0") },
	{ "HTTPS", BYTES("\0\1\0\0\1\0\3\2h2\0\2\0\1x") },
	{ "HTTPS", BYTES("\0\1\0\0\3\0\0") },
	{ "HTTPS", BYTES("\0\1\0\0\3\0\1\1") },
	{ "HTTPS", BYTES("\0\1\0\0\3\0\3\0\0\1") },
	{ "HTTPS", BYTES("\0\1\0\0\4\0\0") },
	{ "HTTPS", BYTES("\0\1\0\0\4\0\5\1\2\3\4\5") },
	{ "HTTPS", BYTES("\0\1\0\0\6\0\0") },
	{ "HTTPS", BYTES("\0\1\0\0\6\0\4\1\2\3\4") },
	{ "HTTPS", BYTES("\0\1\0\0\0\0\0") },
	{ "HTTPS", BYTES("\0\1\0\0\0\0\1\0") },
	{ "HTTPS", BYTES("\0\1\0\0\0\0\2\0\0") },
	{ "HTTPS", BYTES("\0\1\0\0\0\0\2\0\3") },
	{ "HTTPS", BYTES("\0\1\0\0\0\0\4\0\3\0\4\0\3\0\2\0\1") },
	{ "HTTPS", BYTES("\0\1\0\0\0\0\4\0\3\0\3\0\3\0\2\0\1") },
	{ "HTTPS", BYTES("\0\1\0\0\0\0\4\0\3\0\1\0\1\0\3\2h2\0\3\0\2\0\1") },
	/* Rare ones. */
	{ "WKS", BYTES("\300\0\2\120") },
	{ "WKS", BYTES("\300\0\2\120\6\100\0") },
	{ "NSAP", BYTES("") },
	{ "CERT", BYTES("\0\1\0\1\1") },
	{ "APL", BYTES("\0\1\30") },
	{ "APL", BYTES("\0\1\30\3\300\0") },
	{ "APL", BYTES("\0\1\41\1\300") },
	{ "APL", BYTES("\0\1\40\5\300\0\2\1\1") },
	{ "APL", BYTES("\0\1\30\2\300\0") },
	{ "APL", BYTES("\0\2\201\0") },
	{ "APL", BYTES("\0\3\10\1\1") },
	{ "IPSECKEY", BYTES("\12\0\2") },
	{ "IPSECKEY", BYTES("\12\1\2\300\0\2\1") },
	{ "IPSECKEY", BYTES("\12\2\2" ZERO_10 "\1") },
	{ "IPSECKEY", BYTES("\12\3\2\3www") },
	{ "IPSECKEY", BYTES("\12\4\2\1") },
	{ "NID", BYTES("\0\12\0\24O\377\377 \356") },
	{ "L64", BYTES("\0\12\0\24O\377\377 \356d\0") },
	{ "L32", BYTES("\0\12\12\1\2") },
};

/* A packet of one record without a name; its data begins at byte 23. */
static uint8_t packet[12 + 11 + UINT16_MAX];
static struct fopnp_dns_reader reader;
static struct fopnp_dns_record record;

static void make_record(unsigned type, unsigned class, const char *data, size_t len)
{
	const uint8_t header[] = { 0, 0, 0x80, 0, 0, 0, 0, 1, 0, 0, 0, 0 };
	const uint8_t fixed[] = { 0,
				  (uint8_t)(type >> 8),
				  (uint8_t)type,
				  (uint8_t)(class >> 8),
				  (uint8_t)class,
				  0,
				  0,
				  0,
				  1,
				  (uint8_t)(len >> 8),
				  (uint8_t)len };

	memcpy(packet, header, sizeof(header));
	memcpy(packet + sizeof(header), fixed, sizeof(fixed));
	memcpy(packet + sizeof(header) + sizeof(fixed), data, len);
	assert_true(fopnp_dns_reader_start(&reader, packet, sizeof(header) + sizeof(fixed) + len));
	assert_true(fopnp_dns_reader_record(&reader, &record));
}

static unsigned type_of(const char *word)
{
	unsigned type = 0;

	assert_true(fopnp_dns_type_number(word, &type));
	return type;
}

static void expect_text(const char *expected, bool is_malformed)
{
	bool got_malformed;
	char *target, *text = fopnp_dns_rdata_text(&reader, &record, &target, &got_malformed);

	assert_string_equal(text, expected);
	assert_int_equal(got_malformed, is_malformed);
	free(text);
	free(target);
}

/* "\# LEN HEX", in groups of 56. */
static void unknown_text(char *out, const char *data, size_t len)
{
	out += sprintf(out, "\\# %zu", len);
	for (size_t i = 0; i < len; i++)
		out += sprintf(out, "%s%02X", i % 28 == 0 ? " " : "", (uint8_t)data[i]);
}

static void test_sound(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(SOUND); i++) {
		make_record(type_of(SOUND[i].type), 1, SOUND[i].data, SOUND[i].len);
		expect_text(SOUND[i].text, false);
	}
}

static void test_malformed(void **state)
{
	char expected[256];

	(void)state;
	for (size_t i = 0; i < COUNT(MALFORMED); i++) {
		make_record(type_of(MALFORMED[i].type), 1, MALFORMED[i].data, MALFORMED[i].len);
		unknown_text(expected, MALFORMED[i].data, MALFORMED[i].len);
		expect_text(expected, true);
	}
}

/* Types of class IN only; CHAOS has the others (version.bind). */
static void test_classes(void **state)
{
	(void)state;
	make_record(1, 3, BYTES("\300\0\2\1"));
	expect_text("\\# 4 C0000201", false);
	make_record(33, 4, BYTES("\0\0\0\0\0\0\0"));
	expect_text("\\# 7 00000000000000", false);
	make_record(16, 3, BYTES("\0069.18.1"));
	expect_text("\"9.18.1\"", false);
}

/* Of 255 bytes, each four characters as text: the longest that there is. */
static void test_longest_name(void **state)
{
	static const unsigned labels[] = { 63, 63, 63, 61 };
	char data[256], text[1024], *d = data, *t = text;

	(void)state;
	for (size_t i = 0; i < COUNT(labels); i++) {
		*d++ = (char)labels[i];
		for (unsigned byte = 0; byte < labels[i]; byte++) {
			*d++ = '\377';
			t += sprintf(t, "\\255");
		}
		t += sprintf(t, ".");
	}
	*d++ = '\0';
	assert_int_equal(d - data, 255);
	make_record(12, 1, data, 255);
	expect_text(text, false);
	/* One byte more is no name. */
	data[63 * 3 + 3] = 62;
	data[254] = 'x';
	data[255] = '\0';
	make_record(12, 1, data, 256);
	unknown_text(text, data, 256);
	expect_text(text, true);
}

/* A pointer into the rest of the packet is a name; the data ends behind it. */
static void test_compressed(void **state)
{
	(void)state;
	/* The record's owner, the root, is at 12, the data at 23. */
	make_record(15, 1, BYTES("\0\12\3www\300\14"));
	expect_text("10 www.", false);
	make_record(6, 1, BYTES("\3ns1\0\4host\300\27\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5"));
	expect_text("ns1. host.ns1. 1 2 3 4 5", false);
	make_record(15, 1, BYTES("\0\12\3www\300\14\0"));
	expect_text("\\# 9 000A03777777C00C00", true);
}

static void expect_target(const char *type, const char *data, size_t len, const char *expected)
{
	bool is_malformed;
	char *target, *text;

	make_record(type_of(type), 1, data, len);
	text = fopnp_dns_rdata_text(&reader, &record, &target, &is_malformed);
	if (expected)
		assert_string_equal(target, expected);
	else
		assert_null(target);
	free(text);
	free(target);
}

static void test_target(void **state)
{
	(void)state;
	expect_target("CNAME", BYTES(WWW), "www.example.com.");
	expect_target("MX", BYTES("\0\12\0"), ".");
	expect_target("SOA", BYTES(WWW "\0" ZERO_16 "\0\0\0\0"), "www.example.com.");
	expect_target("SRV", BYTES("\0\1\0\2\0\3\1a\0"), "a.");
	expect_target("HTTPS", BYTES("\0\1\1a\0"), "a.");
	expect_target("TXT", BYTES("\1a"), NULL);
	/* Of malformed data none, though the name could be read. */
	expect_target("SOA", BYTES(WWW "\0"), NULL);
	expect_target("MX", BYTES("\0\12\1a\0\0"), NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sound),	     cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_classes),	     cmocka_unit_test(test_longest_name),
		cmocka_unit_test(test_compressed),   cmocka_unit_test(test_target),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
