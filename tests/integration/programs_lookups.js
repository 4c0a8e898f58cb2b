// SPDX-License-Identifier: LGPL-2.1-or-later
// What node says of each name on the command line: through libc (lookup, lookupService) and through
// its own c-ares (resolve, reverse).
'use strict';
const dns = require('dns').promises;

async function show(title, promise) {
	try {
		console.log(title, JSON.stringify(await promise));
	} catch (error) {
		console.log(title, error.code);
	}
}

async function main() {
	for (const name of process.argv.slice(2)) {
		await show(`lookup ${name}`, dns.lookup(name));
		await show(`lookup ${name} all`, dns.lookup(name, { all: true, verbatim: true }));
		await show(`lookup ${name} 4`, dns.lookup(name, { family: 4 }));
		await show(`lookup ${name} 6`, dns.lookup(name, { family: 6 }));
		await show(`resolve4 ${name}`, dns.resolve4(name));
		await show(`resolve6 ${name}`, dns.resolve6(name));
	}
	await show('lookupService', dns.lookupService('192.0.2.1', 80));
	await show('reverse', dns.reverse('192.0.2.1'));
}

main();
