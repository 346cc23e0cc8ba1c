// Shows a report. Whatever it quotes was written by strangers: it becomes text, never markup.

const at = (id) => document.getElementById(id);

/** An element with a text or with children. */
function made(name, content, className) {
  const element = document.createElement(name);
  if (typeof content === 'string') element.textContent = content;
  else element.append(...content);
  if (className !== undefined) element.className = className;
  return element;
}

const HEADLINES = {
  0: ['This bundle holds.', 'Everything in it is as the ledger and its witnesses have it.'],
  1: [
    'This bundle is not what it says.',
    'Something in it was changed, is missing, or was not allowed.',
  ],
  2: ['This could not be checked.', 'What was given cannot be read as it has to be.'],
  3: [
    'This bundle is sound, but not all that you ask for.',
    'Nothing in it contradicts itself; something that you ask for is not proven.',
  ],
  4: [
    'This bundle contradicts what you knew.',
    'Its log signed both, and they do not go together.',
  ],
};

const VERDICTS = {
  integrity: [
    'Integrity',
    {
      verified: ['good', 'Entries, links, tree, proofs and the law agree.'],
      failed: ['bad', 'Something was found: see below.'],
    },
  ],
  completeness: [
    'Completeness',
    {
      complete: ['good', 'All entries of the organization, as the ledger committed to it.'],
      range: ['plain', 'A part of the entries, without a gap.'],
      unproven: ['open', 'It is not shown that nothing is left out.'],
    },
  ],
  assurance: [
    'Assurance',
    {
      witnessed: ['good', 'Your quorum of witnesses saw the ledger so.'],
      signed: ['open', 'Only the log itself says so; no witness was asked for.'],
      unmet: ['open', 'What your policy asks for is not fulfilled.'],
    },
  ],
  continuity: [
    'Continuity',
    {
      consistent: ['good', 'It goes on from every checkpoint that you knew.'],
      contradicted: ['bad', 'It does not go on from a checkpoint that you knew.'],
      unproven: ['open', 'It is not shown that it goes on from what you knew.'],
      unasked: ['plain', 'You gave no checkpoint from earlier.'],
    },
  ],
};

function row(title, said, why, tone) {
  const answer = made('dd', [made('span', said, 'said'), made('span', why, 'why')]);
  return made('div', [made('dt', title), answer], tone === 'plain' ? '' : tone);
}

function showVerdicts(verdicts) {
  const rows = Object.entries(VERDICTS).map(([name, [title, told]]) => {
    const [tone, why] = told[verdicts[name]];
    return row(title, verdicts[name], why, tone);
  });
  const data = verdicts.personal_data;
  const counts = `${data.disclosed} disclosed, ${data.withheld} withheld, ${data.erased} erased`;
  const why = `Rules about withheld values: not checkable offline (${data.not_checkable}).`;
  rows.push(row('Personal data', counts, why, 'plain'));
  at('verdicts').replaceChildren(...rows);
}

function showFindings(findings, total) {
  at('findings-none').hidden = total > 0;
  at('findings-scroll').hidden = total === 0;
  at('findings').replaceChildren(
    ...findings.map(({ code, law, seq, detail }) =>
      made('tr', [
        made('td', [made('code', law === undefined ? code : `${code}: ${law}`)]),
        made('td', seq === undefined ? '' : String(seq)),
        made('td', detail),
      ]),
    ),
  );
  const more = total - findings.length;
  at('findings-more').hidden = more === 0;
  at('findings-more').textContent = `${more} more are not listed.`;
}

function showFacts(bundle) {
  const facts =
    bundle === undefined
      ? [['Manifest', 'could not be read']]
      : [
          ['Organization', bundle.org],
          ['Entries', `${bundle.from} up to ${bundle.to}, of ${bundle.org_size}`],
          ['Ledger', bundle.log],
          ['Size of the ledger', String(bundle.size)],
          ['Export', bundle.export],
        ];
  at('facts').replaceChildren(
    ...facts.flatMap(([name, value]) => [made('dt', name), made('dd', value)]),
  );
}

function showWitnesses(witnesses) {
  const lines = witnesses.map(({ name, time }) => {
    const date = new Date(time * 1000).toISOString().replace('T', ' ').slice(0, 19);
    return made('li', `${name}, ${date} UTC`);
  });
  at('witnesses').replaceChildren(...(lines.length > 0 ? lines : [made('li', 'none')]));
}

/** Offers bytes as a file. */
function save(bytes, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes]));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function show(report, evidence) {
  const [headline, meaning] = HEADLINES[report.exit];
  at('verdict').textContent = headline;
  at('meaning').textContent = meaning;
  at('result').dataset.exit = String(report.exit);
  showVerdicts(report.verdicts);
  showFindings(report.findings, report.findings_total);
  showFacts(report.bundle);
  showWitnesses(report.witnesses);
  at('evidence').hidden = evidence === null;
  at('save-evidence').onclick = () => save(evidence, 'evidence.txt');
  at('save-report').onclick = () => save(`${JSON.stringify(report)}\n`, 'report.json');
  at('result').hidden = false;
  // Whoever listens is told the answer, and whoever uses the keyboard goes on from it.
  at('verdict').focus();
}
