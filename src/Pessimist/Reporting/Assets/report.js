'use strict';
/* Builds the page from the embedded report. Everything from the data is set as text, never as HTML. */
(() => {
  const report = JSON.parse(document.getElementById('report').textContent);
  const details = report.details;
  const { number, percent } = charts;

  function h(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes ?? {}))
      if (name === 'on') element.addEventListener('click', value);
      else if (value !== undefined && value !== null && value !== false) element.setAttribute(name, value);
    element.append(...children.flat(9).filter(c => c !== null && c !== undefined && c !== false && c !== ''));
    return element;
  }

  const shares = new Set(['accuracy', 'balanced-accuracy', 'error', 'error-rate', 'balanced-error', 'f1', 'macro-f1', 'precision', 'recall']);
  const isShare = metric => shares.has(String(metric ?? '').trim().toLowerCase().replace(/[ _]/g, '-'));
  const show = (metric, value) => (isShare(metric) ? percent(value) : number(value));
  const interval = (metric, low, high) => (low === 0 && high === 0 ? '' : `[${show(metric, low)}, ${show(metric, high)}]`.replace(/ %(?=,)/, ''));
  const count = n => Number(n).toLocaleString('en-US');
  const bytes = n => (n < 1024 ? `${n} B` : n < 1048576 ? `${(n / 1024).toFixed(1)} KB` : n < 1073741824 ? `${(n / 1048576).toFixed(1)} MB` : `${(n / 1073741824).toFixed(2)} GB`);
  const seconds = s => (!(s >= 0) ? '' : s < 60 ? `${s.toFixed(1)} s` : s < 3600 ? `${Math.floor(s / 60)} min ${Math.floor(s % 60)} s` : `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`);
  const plural = (n, noun) => `${count(n)} ${noun}${n === 1 ? '' : 's'}`;
  const words = text => String(text ?? '').replaceAll('-', ' ');
  const last = items => items[items.length - 1];
  const chip = (kind, text) => h('span', { class: `chip ${kind}` }, text ?? words(kind));
  const terms = { 'avoidable-bias': 'avoidable bias (underfitting)', variance: 'variance (overfitting)' };
  const term = name => terms[name] ?? words(name);

  /* columns: [[title, row => content, 'n' for numbers]] */
  function table(rows, columns, caption) {
    const used = columns.filter(([, value]) => rows.some(row => { const v = value(row); return v !== undefined && v !== null && v !== '' && (!Array.isArray(v) || v.some(Boolean)); }));
    return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption }, h('table', {},
      h('caption', {}, caption),
      h('thead', {}, h('tr', {}, used.map(([title, , kind]) => h('th', { scope: 'col', class: kind }, title)))),
      h('tbody', {}, rows.map(row => h('tr', {}, used.map(([, value, kind]) => h('td', { class: kind }, value(row))))))));
  }

  const more = (summary, ...children) => h('details', {}, h('summary', {}, summary), ...children);

  function command(text) {
    const button = h('button', { type: 'button', on: () => navigator.clipboard?.writeText(text).then(() => { button.textContent = 'copied'; }) }, 'copy');
    return h('span', { class: 'command' }, h('code', {}, text), navigator.clipboard ? button : null);
  }

  /* draw: element => redraw function; said: what a reader who cannot see the chart is told */
  function figure(title, said, draw, { alternative, notes = [], tools = [] } = {}) {
    const chart = h('div', { class: 'chart', role: 'img', 'aria-label': `${title}. ${said}` });
    const redraw = draw(chart);
    return h('figure', {}, h('figcaption', {}, h('span', {}, title), h('span', { class: 'tools' }, tools.map(tool => tool(redraw)))), chart, notes.map(n => h('p', {}, n)), alternative);
  }

  function lineFigure(title, series, options) {
    let log = options.log ?? false;
    const tool = redraw => {
      const button = h('button', { type: 'button', 'aria-pressed': String(log), on: () => { log = !log; button.setAttribute('aria-pressed', String(log)); redraw(); } }, 'log scale');
      return button;
    };
    const format = options.format ?? number;
    const broken = new Map();
    for (const s of series) {
      const at = s.y.findIndex(y => y === null);
      if (at >= 0) broken.set(s.x ? s.x[at] : at, [...(broken.get(s.x ? s.x[at] : at) ?? []), s.name]);
    }
    const notes = [...broken].map(([at, names]) => `${names.join(', ')}: not finite from ${options.xName} ${number(at)} on`);
    const said = series.map(s => `${s.name}: from ${format(s.y[0])} to ${format(last(s.y))}`).join('; ');
    const xs = [...new Set(series.flatMap(s => s.y.map((_, k) => (s.x ? s.x[k] : k))))].sort((a, b) => a - b);
    const lookup = series.map(s => new Map(s.y.map((y, k) => [s.x ? s.x[k] : k, y])));
    const step = Math.max(1, Math.ceil(xs.length / 60));
    const shown = xs.filter((_, i) => i % step === 0 || i === xs.length - 1);
    const alternative = () => table(shown, [[options.xName, x => number(x), 'n'], ...series.map((s, i) => [s.name, x => (lookup[i].has(x) ? format(lookup[i].get(x)) : ''), 'n'])], title);
    return figure(title, said, element => charts.lines(element, series, { ...options, isLog: () => log }), { notes: [...notes, ...(options.notes ?? [])], tools: options.toggle === false ? [] : [tool], alternative: lazy('Table', alternative) });
  }

  /* Big tables are built when they are opened. */
  function lazy(summary, build) {
    const element = more(summary);
    element.addEventListener('toggle', () => { if (element.open && element.children.length === 1) element.append(build()); });
    return element;
  }

  function place(at) {
    if (!at) return null;
    let text = at.file ?? '';
    if (at.line) text += `:${at.line}${at.source_column ? `:${at.source_column}` : ''}`;
    const parts = [at.column && `column ${at.column}`, at.row !== undefined && `row ${at.row}`, at.function && `in ${at.function}`, at.module && `module ${at.module}`].filter(Boolean);
    return h('span', {}, h('code', {}, text), parts.length ? ' ' + parts.join(', ') : '');
  }

  function verdict() {
    const { run, summary } = report;
    const level = summary.errors ? 'error' : summary.warnings ? 'warning' : run.ending === 'completed' && !report.stages.some(s => s.status === 'failed') ? 'good' : 'note';
    const next = report.next[0];
    const finding = report.findings.find(f => f.level !== 'note');
    return [
      h('p', { class: 'kicker mono' }, `${report.tool.name} ${run.command} ${run.arguments.join(' ')}`),
      h('h1', {}, summary.verdict || 'nothing was checked'),
      h('ul', { class: 'chips', 'aria-label': 'Counts' },
        h('li', {}, chip(summary.errors ? 'error' : '', plural(summary.errors, 'error'))),
        h('li', {}, chip(summary.warnings ? 'warning' : '', plural(summary.warnings, 'warning'))),
        h('li', {}, chip(summary.notes ? 'note' : '', plural(summary.notes, 'note'))),
        h('li', {}, chip('', plural(summary.checks.total, 'check'))),
        run.ending === 'completed' ? null : h('li', {}, chip('warning', `run ${run.ending}`))),
      finding || next ? h('div', { class: `first ${level}` }, h('strong', {}, 'First: '),
        finding?.fixes.length ? finding.fixes[0] : next ? `${next.action} (${next.why})` : finding.message,
        next?.command ? h('p', {}, command(next.command)) : null) : null,
      h('p', { class: 'faint' }, [`run ${run.id}`, run.time ? run.time.slice(0, 19).replace('T', ' ') : '', seconds(run.seconds), run.device, `seed ${run.seed}`].filter(Boolean).join(' · ')),
    ];
  }

  const marks = { passed: '✓', failed: '✗', skipped: '–', 'not-enough-evidence': '?' };

  function stages() {
    if (!report.stages.length) return null;
    return h('ol', { class: 'stages' }, report.stages.map(s => {
      const cells = [h('span', { class: `mark ${s.status}`, role: 'img', 'aria-label': words(s.status) }, marks[s.status]), h('strong', {}, `${s.number} ${s.name}`), h('span', { class: 'what' }, s.summary), h('span', { class: 'time' }, s.status === 'skipped' ? 'skipped' : seconds(s.seconds))];
      if (!s.evidence.length && !s.help.length) return h('li', {}, h('div', { class: 'row' }, cells));
      return h('li', {}, h('details', { open: s.status === 'failed' ? '' : undefined }, h('summary', {}, cells),
        h('div', { class: 'more' }, s.evidence.map(e => h('p', {}, e)), s.help.map(e => h('p', {}, h('strong', {}, 'help: '), e)))));
    }));
  }

  function next() {
    if (!report.next.length) return null;
    return h('ol', { class: 'next' }, report.next.map(n => h('li', {}, h('strong', {}, n.action), h('br'), n.why, n.command ? h('p', {}, command(n.command)) : null)));
  }

  function curves() {
    const metric = details.target?.metric ?? 'metric';
    const blocks = details.training.map(phase => {
      const best = phase.best_epoch ? [{ x: phase.best_epoch, label: `best: epoch ${phase.best_epoch}` }] : [];
      const name = phase.phase === 'train' ? '' : ` (${words(phase.phase)})`;
      const format = value => show(metric, value);
      return h('div', {}, h('div', { class: 'pair' },
        phase.loss.length ? lineFigure(`Loss${name}`, phase.loss, { xName: 'epoch', yName: 'loss', marks: best }) : null,
        phase.metric.length ? lineFigure(`${metric}${phase.metric.length === 1 ? `, ${phase.metric[0].name}` : ''}${name}`, phase.metric, { xName: 'epoch', yName: metric, format, marks: best, toggle: false }) : null),
        phase.ending ? h('p', { class: 'faint' }, `Training ended: ${words(phase.ending)}.`) : null,
        phase.rates.length ? more('Learning rate, gradient norm, update ratio', lineFigure(`Rates${name}`, phase.rates, { xName: 'epoch', yName: '', log: true })) : null);
    });
    const single = report.single_batch;
    if (single) {
      const floor = Math.max(0, ...single.seeds.map(s => s.floor ?? 0));
      blocks.push(h('div', {},
        h('h3', {}, 'Overfitting one batch ', chip(single.verdict === 'passes' ? 'passes' : single.verdict === 'not-enough-evidence' ? 'not-enough-evidence' : 'failed', words(single.verdict))),
        lineFigure('Loss on one frozen batch', single.seeds.map(s => s.curve), { xName: 'step', yName: 'loss', log: single.verdict !== 'plateaus', marks: floor > 0 ? [{ y: floor, label: 'lowest loss possible' }] : [] }),
        table(single.seeds, [['seed', s => s.seed], ['verdict', s => chip(s.verdict === 'passes' ? 'passes' : 'failed', words(s.verdict))], ['first loss', s => number(s.first_loss), 'n'], ['last loss', s => number(s.last_loss), 'n'],
          ['steps', s => count(s.steps), 'n'], ['examples', s => count(s.batch_size), 'n'], ['final error', s => (s.final_error === undefined ? '' : percent(s.final_error)), 'n'], ['because', s => s.because, 'w']], 'Each seed')));
    }
    const loss = details.initial_loss;
    if (loss) blocks.push(h('p', {}, `Initial loss ${number(loss.loss)}; a network that knows nothing has ${loss.expected_as} = ${number(loss.expected)}.${loss.reason ? ` ${loss.reason}` : ''}`));
    return blocks.length ? blocks : null;
  }

  /* The source around the line, the expression marked. */
  function source(at) {
    const { excerpt, line } = at ?? {};
    if (!excerpt || line < excerpt.first_line || line >= excerpt.first_line + excerpt.lines.length) return null;
    const width = String(excerpt.first_line + excerpt.lines.length - 1).length;
    const row = (text, i) => {
      const here = excerpt.first_line + i === line;
      const number = h('span', { class: 'number' }, `${String(excerpt.first_line + i).padStart(width)} `);
      if (!here) return h('span', {}, number, text || ' ', '\n');
      const from = at.source_column > 0 && at.source_column <= text.length ? at.source_column - 1 : text.length - text.trimStart().length;
      const to = at.end_column - 1 > from ? at.end_column - 1 : at.source_column ? from + (/^[\w.]+/.exec(text.slice(from))?.[0].length ?? 1) : text.trimEnd().length;
      return h('span', { class: 'here' }, number, text.slice(0, from), h('mark', {}, text.slice(from, to)), text.slice(to), '\n');
    };
    return h('figure', { class: 'source' }, h('pre', { tabindex: 0, 'aria-label': `source of ${at.file}, line ${line}` }, excerpt.lines.map(row)), at.label ? h('p', {}, at.label) : null);
  }

  function finding(f) {
    const experiments = f.causes.filter(c => c.experiment && details.experiments.some(e => e.id === c.experiment));
    const row = (name, content, kind) => [h('dt', {}, name), h('dd', { class: kind }, content)];
    return h('article', { class: `finding ${f.level}`, id: f.code },
      h('h3', {}, f.message),
      h('p', {}, chip(f.level), ' ', chip(f.evidence_class), ' ', h('code', {}, `${f.code} ${f.name}`), f.location ? [' at ', place(f.location)] : null),
      source(f.location),
      f.related.map(r => h('p', { class: 'faint' }, place(r), ' ', r.message)),
      f.evidence.length ? table(f.evidence, [['evidence', e => e.name], ['measured', e => e.measured], ['limit', e => e.limit], ['origin of the limit', e => e.origin]], 'Evidence') : null,
      h('dl', { class: 'facts' },
        f.confirmation ? row('confirmed', f.confirmation) : null,
        f.causes.length && !f.confirmation ? row('likely causes', f.causes.map(c => `${words(c.name)} (${c.probability >= .95 ? 'certain' : c.probability >= .5 ? 'likely' : 'possible'})`).join(' · ')) : null,
        f.notes.map(n => row('note', n)),
        f.explains.length ? row('explains', f.explains.map(c => `${c} ${report.checks.find(k => k.code === c)?.name ?? ''}`.trim()).join(', ')) : null,
        f.examples.length ? row('examples', f.examples.slice(0, 20).join(', ') + (f.examples.length > 20 ? ` and ${f.examples.length - 20} more` : '')) : null,
        f.fixes.map(x => row('help', x, 'help')),
        experiments.length ? row('experiment', experiments.map((c, i) => [i ? ', ' : '', h('a', { href: `#experiment-${c.experiment}` }, words(c.experiment))])) : null,
        row('more', command(`${report.tool.name} explain ${f.code}`))));
  }

  /* What is ignored or changed is never kept silent about. */
  function aside() {
    const ignored = report.ignored ?? [];
    const limits = report.settings?.limits ?? [];
    const faults = report.faults ?? [];
    if (!ignored.length && !limits.length && !faults.length) return null;
    return h('div', {},
      ignored.length ? more(`${plural(ignored.length, 'finding')} ignored`, ignored.map(i => [h('p', { class: 'faint' }, i.why), finding(i.finding)])) : null,
      limits.map(l => h('p', { class: 'faint' }, `${report.settings.file ?? 'The project'} sets the limit ${l.limit} of ${l.check} to ${number(l.value)}; the default is ${number(l.default)}.`)),
      faults.map(f => h('p', { class: 'faint' }, f)));
  }

  const findings = () => (report.findings.length
    ? [report.findings.map(finding), report.folded.length ? more(`${plural(report.folded.length, 'consequence')} of these`, report.folded.map(finding)) : null, aside()]
    : aside() ?? (report.summary.checks.total ? h('p', {}, `None in ${plural(report.summary.checks.total, 'check')}.`) : null));

  /* The same experiment may be run for several stages; a link leads to the first. */
  const anchor = e => { const same = details.experiments.filter(o => o.id === e.id); return `experiment-${e.id}${same[0] === e ? '' : `-${same.indexOf(e) + 1}`}`; };

  function experiment(e) {
    const values = e.curves.flatMap(c => c.y).filter(y => y > 0);
    const measured = Object.entries(e.measured ?? {});
    return h('article', { class: `finding experiment ${e.outcome}`, id: anchor(e) },
      h('h3', {}, e.question, ' ', chip(e.outcome)),
      h('p', {}, e.confirmation ?? e.reading),
      h('p', { class: 'faint' }, [e.cause && `cause: ${words(e.cause)}`, e.remedy && `undone by: ${e.remedy}`, `for: ${words(e.for)}`, seconds(e.seconds)].filter(Boolean).join(' · ')),
      /* On a log scale a spike of a hundred decades does not flatten the curves that matter. */
      e.curves.length ? lineFigure('Loss before and after', e.curves, { xName: 'step', yName: 'loss', log: values.length > 0 && Math.max(...values) > 20 * Math.min(...values) }) : null,
      measured.length ? more('Measured', table(measured, [['', m => m[0]], ['value', m => number(m[1]), 'n']], 'Measured')) : null);
  }

  function experiments() {
    const all = details.experiments;
    if (!all.length) return null;
    const outcomes = ['confirmed', 'consistent', 'refuted', 'inconclusive'].map(o => [o, all.filter(e => e.outcome === o).length]).filter(([, n]) => n);
    return [
      h('p', {}, `${plural(all.length, 'experiment')}, the cheapest informative one first: ${outcomes.map(([o, n]) => `${n} ${o}`).join(', ')}.`),
      all.length > 1 ? table(all, [['asked', e => h('a', { href: `#${anchor(e)}` }, e.question), 'w'], ['outcome', e => chip(e.outcome)], ['cause', e => e.cause && words(e.cause)], ['seen', e => e.reading, 'w'], ['time', e => seconds(e.seconds), 'n']], 'In the order they were run') : null,
      all.map(experiment),
    ];
  }

  function results() {
    const blocks = [];
    const metrics = details.metrics;
    const baselines = report.baselines ?? [];
    const groups = new Map();
    const modelOf = c => c.model === 'start' ? 'network' : `${c.model} network`;
    for (const b of baselines) {
      const key = `${b.split}\n${b.metric}`;
      groups.set(key, [...(groups.get(key) ?? []), { name: b.name, low: b.low, value: b.value, high: b.high }]);
    }
    for (const [key, rows] of groups) {
      const [split, metric] = key.split('\n');
      const network = metrics.filter(m => m.split === split && m.metric === metric).map(m => ({ name: m.model === 'start' ? 'network' : `network, ${m.model}`, low: m.low, value: m.value, high: m.high, strong: true }));
      const all = [...rows, ...network].map(r => (r.low === 0 && r.high === 0 && r.value !== 0 ? { ...r, low: r.value, high: r.value } : r));
      blocks.push(figure(`Network and baselines, ${split} ${metric}`, all.map(r => `${r.name} ${show(metric, r.value)}`).join('; '),
        element => charts.intervals(element, all, { xName: `${metric}, 95 % interval`, format: v => show(metric, v) }),
        { notes: details.comparisons.filter(c => c.split === split).map(c => `Against ${c.baseline} on the same ${count(c.count)} examples: ${c.p < .05 ? `the ${modelOf(c)} is ${c.model_is_better ? 'better' : 'worse'}` : `no evidence that the ${modelOf(c)} differs`} (${show(c.metric, c.model_value)} and ${show(c.metric, c.baseline_value)}, p = ${number(c.p)}).`) }));
    }
    const rows = [...metrics.map(m => ({ ...m, name: m.model === 'start' ? 'network' : `network, ${m.model}` })), ...baselines];
    if (rows.length) blocks.push(table(rows, [['', r => r.name], ['split', r => r.split], ['metric', r => r.metric], ['value', r => show(r.metric, r.value), 'n'], ['95 % interval', r => interval(r.metric, r.low, r.high), 'n'], ['examples', r => (r.n ? count(r.n) : ''), 'n']], 'Network and baselines'));
    for (const model of new Set(details.decompositions.map(t => t.model))) blocks.push(decomposition(model));
    if (report.calibration) blocks.push(h('p', {}, `Calibration: the stated probabilities are off by ${percent(report.calibration.ece)} on average ${interval('error', report.calibration.low, report.calibration.high)}.`));
    return blocks.length ? blocks : null;
  }

  function decomposition(model) {
    const parts = details.decompositions.filter(t => t.model === model);
    const { metric } = parts[0];
    const train = (details.metrics).find(m => m.model === model && m.split === 'train' && (m.metric === metric || (metric === 'error' && m.metric === 'accuracy')));
    const hasBias = parts.some(t => t.term === 'avoidable-bias');
    let level = hasBias ? details.target?.goal ?? 0 : train ? (train.metric === metric ? train.value : 1 - train.value) : 0;
    const steps = [{ name: hasBias ? 'goal' : 'training', from: 0, to: level, value: level, kind: 'total' }];
    for (const t of parts) {
      steps.push({ name: term(t.term), from: level, to: level + t.value, low: level + t.low, high: level + t.high, value: t.value, kind: t.verdict });
      level += t.value;
    }
    steps.push({ name: parts.some(t => t.term === 'validation-overfitting') ? 'test' : 'validation', from: 0, to: level, value: level, kind: 'total' });
    const title = `Where the ${metric} comes from${model === 'start' ? '' : ` (${model})`}`;
    return h('div', {}, figure(title, steps.map(s => `${s.name} ${show(metric, s.value)}`).join('; '), element => charts.waterfall(element, steps, { yName: metric, format: v => show(metric, v) })),
      table(parts, [['term', t => term(t.term)], ['value', t => show(metric, t.value), 'n'], ['interval', t => interval(metric, t.low, t.high), 'n'],
        ['verdict', t => chip(t.verdict === 'real' ? 'warning' : '', words(t.verdict))], ['detectable gap', t => (t.detectable === undefined ? '' : show(metric, t.detectable)), 'n'], ['in words', t => t.sentence, 'w']], title));
  }

  function picture(p, label) {
    const bytes = Uint8Array.from(atob(p.pixels), c => c.charCodeAt(0));
    if (!(p.width > 0 && p.height > 0 && p.width <= 512 && p.height <= 512) || bytes.length !== p.width * p.height * p.channels) return null;
    const canvas = h('canvas', { width: p.width, height: p.height, role: 'img', 'aria-label': label });
    const context = canvas.getContext('2d');
    const image = context.createImageData(p.width, p.height);
    for (let i = 0; i < p.width * p.height; i++)
      for (let c = 0; c < 4; c++) image.data[4 * i + c] = c === 3 ? 255 : bytes[p.channels === 3 ? 3 * i + c : i];
    context.putImageData(image, 0, 0);
    return canvas;
  }

  function errors() {
    const blocks = [];
    for (const c of details.confusion) {
      if (c.counts.length) {
        const alternative = lazy('Table', () => table(c.counts.map((row, i) => [c.classes[i], row]), [['given \\ predicted', r => r[0]], ...c.classes.map((name, j) => [name, r => count(r[1][j]), 'n'])], 'Confusion matrix'));
        const wrong = c.counts.reduce((sum, row, i) => sum + row.reduce((a, n, j) => a + (i === j ? 0 : n), 0), 0);
        blocks.push(figure(`Confusion matrix, ${c.split}`, `${plural(wrong, 'error')} among ${count(c.classes.length)} classes`, element => charts.matrix(element, c.classes, c.counts), { alternative }));
      }
      if (c.pairs.length) blocks.push(table(c.pairs, [['given', p => p.label], ['taken for', p => p.predicted], ['times', p => count(p.count), 'n'], ['share of all errors', p => percent(p.share), 'n'], ['share of the class', p => percent(p.rate), 'n'], ['95 % interval', p => interval('error', p.low, p.high), 'n'], ['examples', p => p.examples.slice(0, 6).join(', ')]], `Most confused, ${c.split}`));
    }
    if (details.hard_examples.length) blocks.push(h('h3', {}, 'Highest losses'), h('ul', { class: 'cards' }, details.hard_examples.map(e => h('li', {},
      e.picture ? picture(e.picture, `${e.id}, given ${e.given}, predicted ${e.predicted}`) : null,
      h('strong', {}, e.id), ` (${e.split})`, h('br'), `given ${e.given}, predicted ${e.predicted}`, e.probability === undefined ? '' : ` with ${percent(e.probability)}`, h('br'), `loss ${number(e.loss)}`,
      e.features.length ? more('Features', h('dl', { class: 'facts' }, e.features.map(f => [h('dt', {}, f.name), h('dd', {}, f.value)]))) : null))));
    if (report.slices) blocks.push(table(report.slices, [['where', s => s.where], ['examples', s => count(s.n), 'n'], ['error', s => percent(s.error), 'n'], ['95 % interval', s => interval('error', s.low, s.high), 'n']], 'Slices'));
    if (report.label_suspects) blocks.push(table(report.label_suspects.slice(0, 100), [['example', s => s.example], ['given', s => s.given], ['suggested', s => s.suggested], ['score', s => number(s.score), 'n']], 'Labels in doubt'));
    return blocks.length ? blocks : null;
  }

  function network() {
    if (!details.models.length) return null;
    const operations = new Map(details.operations.map(o => [o.module, o]));
    const gradient = name => details.parameters.filter(p => p.name.startsWith(name + '.')).map(p => p.gradient_norm).filter(g => g !== undefined);
    const stats = m => m === details.models[0];
    return details.models.map(m => h('div', {},
      h('h3', {}, m.name), m.why ? h('p', {}, m.why) : null,
      h('p', { class: 'faint' }, [`${count(m.parameters)} parameters`, m.initialization && `initialization: ${m.initialization}`, m.optimizer && `${m.optimizer}, learning rate ${number(m.learning_rate)}`, m.weight_decay ? `weight decay ${number(m.weight_decay)}` : '', m.batch_size && `batches of ${count(m.batch_size)}`].filter(Boolean).join(' · ')),
      m.layers.length ? table(m.layers, [['layer', l => h('code', {}, l.name)], ['kind', l => l.kind], ['output', l => l.output.join(' × ')], ['parameters', l => count(l.parameters), 'n'], ['activations', l => bytes(l.activation_bytes), 'n'],
        ['mean', l => (stats(m) && operations.has(l.name) ? number(operations.get(l.name).mean) : ''), 'n'], ['deviation', l => (stats(m) && operations.has(l.name) ? number(operations.get(l.name).std) : ''), 'n'],
        ['zeros', l => (stats(m) && operations.has(l.name) ? percent(operations.get(l.name).zeros) : ''), 'n'], ['gradient norms', l => (stats(m) ? gradient(l.name).map(number).join(', ') : ''), 'n']], 'Layers, with the values of the first pass') : null,
      h('p', { class: 'faint' }, `Memory of one step: ${bytes(m.memory.total)} (weights ${bytes(m.memory.weights)}, gradients ${bytes(m.memory.gradients)}, optimizer ${bytes(m.memory.optimizer_state)}, activations ${bytes(m.memory.activations)}, batch ${bytes(m.memory.batch)})`),
      m.text ? more('As text', h('pre', {}, m.text)) : null));
  }

  function data() {
    const blocks = [];
    const target = details.target;
    if (target) blocks.push(h('p', {}, `Target ${target.target}: ${target.task}${target.classes.length ? `, ${count(target.classes.length)} classes` : ''}; metric: ${target.metric}; goal: ${[target.goal === undefined ? '' : show(isShare(target.metric) ? 'error' : target.metric, target.goal), target.goal_from].filter(Boolean).join(', ') || 'none'}.`));
    const profile = details.data;
    if (profile) {
      const shown = value => (value === null ? '' : number(value));
      blocks.push(h('p', {}, `${profile.source}: ${profile.format}, ${plural(profile.count, 'example')} of shape ${profile.shape.join(' × ')}.`));
      const remarkable = profile.columns.filter(c => c.remarks.length);
      const columns = [['column', c => c.name], ['kind', c => c.kind], ['distinct', c => (c.distinct === undefined ? '' : count(c.distinct)), 'n'], ['min', c => shown(c.min), 'n'], ['mean', c => shown(c.mean), 'n'], ['max', c => shown(c.max), 'n'], ['deviation', c => shown(c.std), 'n'], ['zeros', c => percent(c.zeros), 'n'], ['remarks', c => c.remarks.join('; '), 'w']];
      if (remarkable.length && remarkable.length <= 20) blocks.push(table(remarkable, columns, 'Columns with something to see'));
      if (profile.columns.length) blocks.push(lazy(`Columns${profile.more_columns ? `, the first ${profile.columns.length} of ${count(profile.columns.length + profile.more_columns)}` : ''}`, () => table(profile.columns, columns, 'Columns')));
    }
    if (details.splits.length) {
      blocks.push(table(details.splits, [['split', s => s.split], ['examples', s => count(s.count), 'n'], ['how', s => s.how]], 'Splits'));
      const classes = [...new Set(details.splits.flatMap(s => s.classes.map(c => c.name)))];
      if (classes.length) blocks.push(lazy(`Examples of each class`, () => table(classes, [['class', c => c], ...details.splits.map(s => [s.split, c => { const k = s.classes.find(x => x.name === c); return k ? count(k.count) : '0'; }, 'n'])], 'Examples of each class')));
    }
    for (const n of details.normalization) blocks.push(h('h3', {}, 'Normalization'), h('p', {}, n.what), table([['before', n.before], ['after', n.after]], [['', r => r[0]], ...['min', 'mean', 'max', 'std'].map(k => [k, r => number(r[1][k]), 'n'])], 'Values before and after'));
    return blocks.length ? blocks : null;
  }

  function tuning() {
    if (!details.trials.length) return null;
    const metric = details.target?.metric ?? 'value';
    const names = [...new Set(details.trials.flatMap(t => Object.keys(t.parameters)))];
    const rounds = [...new Set(details.trials.map(t => t.round))].sort((a, b) => a - b);
    const good = details.trials.filter(t => t.value !== undefined && t.value !== null);
    const said = report.study?.best ? `best: trial ${report.study.best.trial} with ${show(metric, report.study.best.value)}` : 'no trial succeeded';
    const range = r => (r ? `${number(r.low)} to ${number(r.high)}` : '');
    const scores = good.map(t => t.value);
    const logY = Math.min(...scores) > 0 && Math.max(...scores) > 20 * Math.min(...scores);
    const plot = name => {
      const values = good.map(t => t.parameters[name]).filter(v => v !== undefined);
      // Under two decades a log axis has no ticks to read.
      const positive = values.filter(v => v > 0);
      const least = Math.min(...positive, ...details.rounds.map(r => r.searched[name]?.low).filter(v => v > 0));
      const log = details.rounds.some(r => r.searched[name]?.log) && Math.max(...positive) > 100 * least;
      const atEdge = log && positive.length < values.length;
      const groups = rounds.map(round => {
        const kept = details.rounds.find(r => r.round === round)?.kept[name];
        return { name: `round ${round}`, kept: kept && round !== last(rounds) ? [kept.low, kept.high] : null, points: good.filter(t => t.round === round && name in t.parameters).map(t => [atEdge ? Math.max(least, t.parameters[name]) : t.parameters[name], t.value, `trial ${t.number}: ${show(metric, t.value)}\n${Object.entries(t.parameters).map(([k, v]) => `${k} ${number(v)}`).join('\n')}`]) };
      });
      return figure(`${name} and ${metric}`, said, element => charts.scatter(element, groups, { xName: name, yName: metric, log, logY, format: v => show(metric, v) }), { notes: ['The shaded range is what a round kept for the next.' + (atEdge ? ' A value of 0 stands at the left edge.' : '')] });
    };
    const failed = details.trials.length - good.length;
    return [
      h('p', {}, `${plural(details.trials.length, 'trial')} in ${plural(rounds.length, 'round')}${failed ? `, ${failed} failed` : ''}; ${said}${report.study?.best ? `: ${Object.entries(report.study.best.params).map(([k, v]) => `${k} ${number(v)}`).join(', ')}` : ''}.`),
      h('div', { class: 'pair' }, names.slice(0, 6).map(plot)),
      details.rounds.length ? table(details.rounds, [['round', r => r.round], ['trials', r => count(r.trials), 'n'], ['epochs', r => count(r.epochs), 'n'], ['best', r => (r.best === undefined ? '' : show(metric, r.best)), 'n'], ...names.map(n => [n, r => [r.searched[n] && h('div', {}, `searched ${range(r.searched[n])}`), r.kept[n] && r.round !== last(rounds) && h('div', {}, `kept ${range(r.kept[n])}`)]]), ['note', r => r.note, 'w']], 'Rounds') : null,
      lazy(`All ${details.trials.length} trials`, () => table([...details.trials], [['trial', t => t.number, 'n'], ['round', t => t.round, 'n'], [metric, t => (t.value === undefined ? 'failed' : show(metric, t.value)), 'n'], ...names.map(n => [n, t => (n in t.parameters ? number(t.parameters[n]) : ''), 'n']), ['epochs', t => t.epochs, 'n'], ['time', t => seconds(t.seconds), 'n'], ['failure', t => t.failure]], 'Trials')),
    ];
  }

  function checks() {
    const titles = { crashed: 'Crashed', 'not-enough-evidence': 'Lacked evidence', found: 'Found', ignored: 'Ignored', passed: 'Passed', 'not-applicable': 'Not applicable' };
    const groups = Object.keys(titles).map(v => [v, report.checks.filter(c => c.verdict === v)]).filter(([, all]) => all.length);
    return groups.length ? h('div', { class: 'checks' }, groups.map(([v, all]) => more(`${titles[v]}: ${all.length}`, table(all, [['code', c => h('code', {}, c.code)], ['check', c => c.name], ['what it looks for', c => c.summary], ['why', c => c.why]], titles[v])))) : null;
  }

  function about() {
    const { run } = report;
    const save = h('button', { type: 'button', on: () => {
      const url = URL.createObjectURL(new Blob([JSON.stringify(report, null, 2)], { type: 'application/json' }));
      h('a', { href: url, download: `${run.id || 'report'}.json` }).click();
      URL.revokeObjectURL(url);
    } }, 'Save the report as JSON');
    const facts = [['Tool', `${report.tool.name} ${report.tool.version}`], ['Recorded by', run.recorded_by], ['Run', run.id], ['Ended', run.message ? `${run.ending}: ${run.message}` : run.ending], ['Libtorch', run.libtorch], ['BLAS', run.blas], ['Threads', run.threads || ''], ['Device', run.device], ['Seed', run.device ? run.seed : '']];
    return [h('dl', {}, facts.filter(([, v]) => v !== undefined && v !== '').map(([k, v]) => [h('dt', {}, k), h('dd', {}, String(v))])),
      h('p', {}, 'To show it again: ', command(`${report.tool.name} report ${run.id}`)), h('p', {}, save),
      h('p', {}, 'Charts: Apache ECharts, Apache License 2.0.')];
  }

  const sections = [['stages', 'Stages', stages], ['next', 'What next', next], ['curves', 'Curves', curves], ['findings', 'Findings', findings], ['experiments', 'Experiments', experiments], ['results', 'Results', results],
    ['errors', 'Errors', errors], ['network', 'Network', network], ['data', 'Data', data], ['tuning', 'Tuning', tuning], ['checks', 'Checks', checks]];
  document.getElementById('verdict').append(...verdict().filter(Boolean));
  const links = [];
  for (const [id, title, build] of sections) {
    let content;
    try {
      content = build();
    } catch (error) {
      // A part that cannot be shown must not take the others with it.
      content = h('p', {}, `This part cannot be shown: ${error.message}`);
    }
    if (!content) continue;
    document.getElementById('main').append(h('section', { id, 'aria-labelledby': `${id}-title` }, h('h2', { id: `${id}-title` }, title), content));
    links.push(h('li', {}, h('a', { href: `#${id}` }, title)));
  }
  document.getElementById('contents').append(h('ul', {}, links));
  document.getElementById('about').append(h('h2', {}, 'About this report'), ...about());
})();
