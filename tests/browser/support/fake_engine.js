// An engine that keeps the contract of themes/via/static/search-engine.js over forty made-up pages. Some words of a
// query steer it: `traag` answers late, `stuk` and its like fail, `niets` finds nothing. It pays no heed to `signal`, so
// that a story can see the page itself drop an answer that came too late.

const KINDS = [['vraag', 'Vraag', 'Vragen'], ['bevinding', 'Bevinding', 'Bevindingen'], ['bron', 'Bron', 'Bronnen']];
const CERTAINTIES = [['hoog', 'hoge zekerheid', 'sure4'], ['laag', 'lage zekerheid', 'sure2']];
const FACETS = [
  { name: 'soort', label: 'Soort', values: KINDS.map(([value, label]) => ({ value, label, tone: null })) },
  { name: 'zekerheid', label: 'Zekerheid', values: CERTAINTIES.map(([value, label, tone]) => ({ value, label, tone })) },
];

const plain = (text) => [{ text, mark: false }];
const PAGES = Array.from({ length: 40 }, (_, at) => {
  const [kind, kindLabel] = KINDS[at % 3];
  const [value, label, tone] = CERTAINTIES[at % 2];
  return { page: at, url: `vragen/v-000${(at % 9) + 1}.html`, id: `v-${at}`, kind, kindLabel, zekerheid: value, badges: [{ name: 'zekerheid', value, label, tone }] };
});

export class SearchError extends Error {
  constructor(code) {
    super(code);
    this.name = 'SearchError';
    this.code = code;
  }
}

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export async function open() {
  return {
    facets: FACETS,
    size: PAGES.length,
    async ask(query, { filters = {}, limit = 20 } = {}) {
      if (query.includes('traag')) await wait(2500);
      for (const code of ['offline', 'missing', 'stale', 'damaged']) if (query.includes(code)) throw new SearchError(code);
      const chosen = (name, value) => !filters[name]?.length || filters[name].includes(value);
      const fits = (page, except) => (except === 'soort' || chosen('soort', page.kind)) && (except === 'zekerheid' || chosen('zekerheid', page.zekerheid));
      const asked = query !== '' || Object.keys(filters).length > 0;
      const pool = query.includes('niets') ? [] : PAGES;
      const found = asked ? pool.filter((page) => fits(page)) : [];
      const count = (facet, value) => pool.filter((page) => fits(page, facet) && value === (facet === 'soort' ? page.kind : page.zekerheid)).length;
      return {
        query: {},
        total: found.length,
        results: found.slice(0, limit).map((page) => ({
          ...page,
          language: 'nl',
          title: [...plain(`Pagina ${page.page} over `), { text: query, mark: true }],
          excerpt: [...plain('Hier staat <img src=x onerror="globalThis.hacked=1"> en '), { text: query, mark: true }],
          heading: page.page % 2 ? { title: 'Wat wij weten', anchor: 'page-inhoud' } : null,
          score: 1,
        })),
        groups: KINDS.map(([kind, , label]) => ({ kind, label, total: found.filter((page) => page.kind === kind).length })).filter(({ total }) => total > 0),
        facets: FACETS.map((facet) => ({ ...facet, values: facet.values.map((value) => ({ ...value, count: count(facet.name, value.value) })) })),
        suggestion: query.includes('niets') ? 'iets' : null,
        notes: query.includes('tiepfout') ? [{ code: 'typing', from: 'tiepfout', to: 'typfout' }] : [],
      };
    },
  };
}
