'use strict';
/* Charts on ECharts (SVG). Tooltips are drawn as SVG text, so that no name from the data ever becomes HTML. */
const charts = (() => {
  const live = [];

  function theme() {
    const style = getComputedStyle(document.documentElement);
    const v = name => style.getPropertyValue('--' + name).trim();
    return {
      text: v('text'), faint: v('faint'), line: v('line'), panel: v('panel'), soft: v('soft'), accent: v('accent'),
      good: v('good'), error: v('error'), warning: v('warning'), colours: [1, 2, 3, 4, 5, 6].map(i => v('c' + i)),
    };
  }

  function number(x) {
    if (x === null || x === undefined || Number.isNaN(x)) return 'not finite';
    if (x === 0) return '0';
    const size = Math.abs(x);
    if (size < 1e-3 || size >= 1e5) return x.toExponential(Math.abs(Number(x.toExponential(0)) - x) < size * 1e-9 ? 0 : 1).replace('e+', 'e').replace('e-', 'e−');
    return String(Number(x.toPrecision(4)));
  }

  const percent = x => (x === null || x === undefined ? 'not finite' : (100 * x).toFixed(1) + ' %');

  function draw(chart) {
    chart.instance.setOption(chart.option(theme()), true);
    // ECharts gives the SVG a fixed size; with a view box, print can scale it.
    const svg = chart.element.querySelector('svg');
    if (svg) svg.setAttribute('viewBox', `0 0 ${chart.instance.getWidth()} ${chart.instance.getHeight()}`);
  }

  /* option: theme => ECharts option, or null. Returns the function that draws it anew. */
  function add(element, option) {
    const chart = { element, option, instance: null };
    live.push(chart);
    // Charts in closed details have no size yet: they are drawn when they get one.
    new ResizeObserver(() => {
      if (element.clientWidth === 0) return;
      if (!chart.instance) chart.instance = echarts.init(element, null, { renderer: 'svg' });
      else if (document.documentElement.dataset.theme !== 'light') chart.instance.resize();
      draw(chart);
    }).observe(element);
    return () => { if (chart.instance) draw(chart); };
  }

  const redraw = () => live.forEach(chart => { if (chart.instance) draw(chart); });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  addEventListener('beforeprint', () => { document.documentElement.dataset.theme = 'light'; redraw(); });
  addEventListener('afterprint', () => { delete document.documentElement.dataset.theme; redraw(); });

  const axis = (t, name, more) => Object.assign({
    name, nameLocation: 'middle', nameGap: 28, nameTextStyle: { color: t.faint },
    axisLine: { show: true, lineStyle: { color: t.line } }, axisTick: { show: false },
    axisLabel: { color: t.faint, hideOverlap: true, formatter: number }, splitLine: { lineStyle: { color: t.line, opacity: .6 } },
  }, more);

  const base = t => ({
    animation: false, textStyle: { fontFamily: 'inherit', color: t.text },
    grid: { left: 62, right: 18, top: 34, bottom: 44 },
    tooltip: { renderMode: 'richText', confine: true, backgroundColor: t.panel, borderColor: t.line, textStyle: { color: t.text, fontSize: 12 } },
  });

  const legend = (t, icon) => ({ top: 0, left: 0, icon, itemWidth: 16, itemHeight: icon ? 4 : 11, itemGap: 14, textStyle: { color: t.text }, inactiveColor: t.line });

  /* series: [{name, x?, y}]; marks: [{x?|y?, label}] */
  function lines(element, series, { xName, yName, format = number, isLog = () => false, marks = [] }) {
    return add(element, t => {
      const log = isLog();
      return Object.assign(base(t), {
        color: t.colours,
        legend: series.length > 1 ? legend(t, 'roundRect') : undefined,
        tooltip: Object.assign(base(t).tooltip, { trigger: 'axis', valueFormatter: format }),
        xAxis: axis(t, xName, { type: 'value', min: 'dataMin', max: 'dataMax', splitLine: { show: false } }),
        yAxis: axis(t, yName, { type: log ? 'log' : 'value', scale: true, nameGap: 46, axisLabel: { color: t.faint, formatter: format, hideOverlap: true } }),
        series: series.map((s, i) => ({
          type: 'line', name: s.name, showSymbol: s.y.length < 3, symbolSize: 5, lineStyle: { width: 2, type: ['solid', 'dashed', 'dotted'][Math.floor(i / t.colours.length) % 3] },
          data: s.y.map((y, k) => [s.x ? s.x[k] : k, log && !(y > 0) ? null : y]),
          markLine: i > 0 || marks.length === 0 ? undefined : {
            silent: true, symbol: 'none', lineStyle: { color: t.faint, type: 'dashed' },
            data: marks.map(m => ({ ...('x' in m ? { xAxis: m.x } : { yAxis: m.y }), label: { formatter: () => m.label, color: t.faint, position: 'x' in m ? 'insideEndTop' : 'insideStartTop', rotate: 0 } })),
          },
        })),
      });
    });
  }

  /* rows: [{name, low, value, high, strong}], one horizontal interval each */
  function intervals(element, rows, { xName, format }) {
    element.style.height = `${Math.max(7, 4.5 + rows.length * 1.9)}rem`;
    const left = Math.min(230, 24 + 7 * Math.max(...rows.map(r => r.name.length)));
    return add(element, t => Object.assign(base(t), {
      grid: { left, right: 64, top: 10, bottom: 44 },
      xAxis: axis(t, xName, { type: 'value', scale: true, axisLabel: { color: t.faint, formatter: format, hideOverlap: true } }),
      yAxis: axis(t, undefined, { type: 'category', inverse: true, data: rows.map(r => r.name), axisLabel: { color: t.text, width: left - 14, overflow: 'truncate' } }),
      series: [{
        type: 'custom', data: rows.map((r, i) => [i, r.low ?? r.value, r.value, r.high ?? r.value]), encode: { x: [1, 2, 3], y: 0 },
        tooltip: { formatter: p => `${rows[p.dataIndex].name}: ${format(rows[p.dataIndex].value)}` },
        renderItem: (params, api) => {
          const [low, value, high] = [1, 2, 3].map(d => api.coord([api.value(d), api.value(0)]));
          const colour = rows[params.dataIndex].strong ? t.colours[1] : t.colours[0];
          const y = value[1];
          const bar = (x1, y1, x2, y2) => ({ type: 'line', shape: { x1, y1, x2, y2 }, style: { stroke: colour, lineWidth: 2 } });
          return { type: 'group', children: [
            bar(low[0], y, high[0], y), bar(low[0], y - 5, low[0], y + 5), bar(high[0], y - 5, high[0], y + 5),
            { type: 'circle', shape: { cx: value[0], cy: y, r: 4.5 }, style: { fill: colour } },
            { type: 'text', style: { text: format(rows[params.dataIndex].value), x: high[0] + 8, y, fill: t.text, fontSize: 12, textVerticalAlign: 'middle' } },
          ] };
        },
      }],
    }));
  }

  /* steps: [{name, from, to, low?, high?, kind}], kind: total | real | no-evidence | negligible */
  function waterfall(element, steps, { yName, format }) {
    return add(element, t => {
      const fill = { total: t.faint, real: t.colours[1], 'no-evidence': t.colours[5], negligible: t.colours[2] };
      return Object.assign(base(t), {
        grid: { left: 66, right: 18, top: 24, bottom: 52 },
        xAxis: axis(t, undefined, { type: 'category', data: steps.map(s => s.name), axisLabel: { color: t.text, interval: 0, width: Math.min(112, (element.clientWidth - 90) / steps.length - 4), fontSize: element.clientWidth < 600 ? 10 : 12, overflow: 'break', lineHeight: 14 }, splitLine: { show: false } }),
        yAxis: axis(t, yName, { type: 'value', nameGap: 50, axisLabel: { color: t.faint, formatter: format } }),
        series: [{
          type: 'custom', encode: { x: 0, y: [1, 2, 3, 4] },
          data: steps.map((s, i) => [i, s.from, s.to, s.low ?? s.to, s.high ?? s.to]),
          tooltip: { formatter: p => `${steps[p.dataIndex].name}: ${format(steps[p.dataIndex].value)}` },
          renderItem: (params, api) => {
            const step = steps[params.dataIndex];
            const [from, to, low, high] = [1, 2, 3, 4].map(d => api.coord([api.value(0), api.value(d)]));
            const width = Math.min(56, api.size([1, 0])[0] * .6);
            const x = from[0];
            const children = [
              { type: 'rect', shape: { x: x - width / 2, y: Math.min(from[1], to[1]), width, height: Math.max(1.5, Math.abs(from[1] - to[1])) }, style: { fill: fill[step.kind], opacity: step.kind === 'real' || step.kind === 'total' ? .9 : .55 } },
              { type: 'text', style: { text: format(step.value), x, y: Math.min(from[1], to[1], high[1], low[1]) - 6, fill: t.text, fontSize: 12, textAlign: 'center', textVerticalAlign: 'bottom' } },
            ];
            const bar = (x1, y1, x2, y2) => children.push({ type: 'line', shape: { x1, y1, x2, y2 }, style: { stroke: t.text, lineWidth: 1.5 } });
            if (low[1] !== high[1]) { bar(x, low[1], x, high[1]); bar(x - 6, low[1], x + 6, low[1]); bar(x - 6, high[1], x + 6, high[1]); }
            return { type: 'group', children };
          },
        }],
      });
    });
  }

  /* counts[label][predicted], coloured by the share of the row; errors in another colour than hits */
  function matrix(element, classes, counts) {
    const n = classes.length;
    element.style.height = `${Math.min(44, Math.max(16, 7 + n * 1.7))}rem`;
    element.style.maxWidth = `${Math.max(24, 9 + n * 3.4)}rem`;
    const left = Math.min(150, 52 + 7 * Math.max(...classes.map(c => c.length)));
    return add(element, t => Object.assign(base(t), {
      grid: { left, right: 12, top: 12, bottom: n > 12 ? 96 : 48 },
      xAxis: axis(t, 'predicted', { type: 'category', data: classes, axisLabel: { color: t.text, interval: 0, rotate: n > 12 ? 60 : 0, width: 80, overflow: 'truncate' }, splitLine: { show: false }, nameGap: n > 12 ? 78 : 28 }),
      yAxis: axis(t, 'given', { type: 'category', inverse: true, data: classes, axisLabel: { color: t.text, interval: 0, width: left - 46, overflow: 'truncate' }, splitLine: { show: false }, nameGap: left - 18 }),
      series: [{
        type: 'custom', encode: { x: 1, y: 0 }, data: counts.flatMap((row, i) => row.map((count, j) => [i, j, count])),
        tooltip: { formatter: p => `${classes[p.value[0]]} taken for ${classes[p.value[1]]}: ${p.value[2]}` },
        renderItem: (params, api) => {
          const [i, j, count] = [0, 1, 2].map(d => api.value(d));
          const total = counts[i].reduce((a, b) => a + b, 0);
          const [x, y] = api.coord([j, i]);
          const [w, h] = api.size([1, 1]);
          const share = total ? count / total : 0;
          const strength = count === 0 ? 0 : i === j ? .15 + .65 * share : Math.min(1, .25 + 2.5 * share);
          return { type: 'group', children: [
            { type: 'rect', shape: { x: x - w / 2 + .5, y: y - h / 2 + .5, width: w - 1, height: h - 1 }, style: { fill: t.soft } },
            { type: 'rect', shape: { x: x - w / 2 + .5, y: y - h / 2 + .5, width: w - 1, height: h - 1 }, style: { fill: i === j ? t.colours[0] : t.colours[1], opacity: strength } },
            { type: 'text', ignore: count === 0 || w < 16, style: { text: String(count), x, y, fill: t.text, fontSize: Math.min(12, w / 2.2), textAlign: 'center', textVerticalAlign: 'middle' } },
          ] };
        },
      }],
    }));
  }

  /* groups: [{name, points: [[x, y, label]], kept?: [low, high]}] */
  function scatter(element, groups, { xName, yName, log, logY, format }) {
    return add(element, t => Object.assign(base(t), {
      color: t.colours, legend: legend(t),
      tooltip: Object.assign(base(t).tooltip, { formatter: p => p.value[2] }),
      xAxis: axis(t, xName, { type: log ? 'log' : 'value', scale: true, splitLine: { show: false } }),
      yAxis: axis(t, yName, { type: logY ? 'log' : 'value', scale: true, nameGap: 46, axisLabel: { color: t.faint, formatter: format } }),
      series: groups.map((g, i) => ({
        type: 'scatter', name: g.name, data: g.points, symbol: ['circle', 'diamond', 'triangle', 'rect'][i % 4], symbolSize: 10, itemStyle: { opacity: .85 },
        markArea: g.kept ? { silent: true, itemStyle: { color: t.colours[i % 6], opacity: .1 }, data: [[{ xAxis: g.kept[0] }, { xAxis: g.kept[1] }]] } : undefined,
      })),
    }));
  }

  return { lines, intervals, waterfall, matrix, scatter, number, percent };
})();
