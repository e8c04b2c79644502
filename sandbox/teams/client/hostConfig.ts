import type { Json } from './api.ts';

/** Colours are the page's own custom properties, so one host config serves the light and the dark theme, also while it is switched. */
const colours = (): Json => {
  const pair = (name: string, subtle = name): Json => ({
    default: `var(--${name})`,
    subtle: `var(--${subtle})`,
    highlightColors: { default: 'var(--highlight)', subtle: 'var(--highlight)' },
  });
  return {
    default: pair('fg1', 'fg3'),
    dark: pair('fg1', 'fg3'),
    light: pair('fg2', 'fg3'),
    accent: pair('brand-fg'),
    good: pair('good-fg'),
    warning: pair('warn-fg'),
    attention: pair('bad-fg'),
  };
};

const container = (name: string): Json => ({
  backgroundColor: `var(--${name}-bg)`,
  borderColor: `var(--${name}-line)`,
  foregroundColors: colours(),
});

export const hostConfig: Json = {
  supportsInteractivity: true,
  fontFamily: 'inherit',
  fontTypes: {
    default: { fontFamily: 'inherit', ...sizes() },
    monospace: { fontFamily: 'var(--mono)', ...sizes() },
  },
  spacing: { small: 4, default: 8, medium: 12, large: 16, extraLarge: 24, padding: 12 },
  separator: { lineThickness: 1, lineColor: 'var(--line2)' },
  imageSizes: { small: 32, medium: 52, large: 100 },
  containerStyles: {
    default: { ...container('card'), backgroundColor: 'transparent' },
    emphasis: container('emphasis'),
    accent: container('accent'),
    good: container('good'),
    attention: container('bad'),
    warning: container('warn'),
  },
  textStyles: { heading: { size: 'large', weight: 'bolder' }, columnHeader: { weight: 'bolder' } },
  actions: {
    maxActions: 6,
    spacing: 'default',
    buttonSpacing: 8,
    showCard: { actionMode: 'inline', inlineTopMargin: 12, style: 'emphasis' },
    actionsOrientation: 'horizontal',
    actionAlignment: 'left',
  },
  adaptiveCard: { allowCustomStyle: false },
  factSet: {
    title: { color: 'default', size: 'default', weight: 'bolder', wrap: true, maxWidth: 150 },
    value: { color: 'default', size: 'default', weight: 'default', wrap: true },
    spacing: 12,
  },
  inputs: {
    label: {
      inputSpacing: 'small',
      requiredInputs: { weight: 'bolder', suffix: ' *', suffixColor: 'attention' },
      optionalInputs: { weight: 'bolder' },
    },
    errorMessage: { color: 'attention', size: 'small', spacing: 'small', weight: 'default' },
  },
  table: { cellSpacing: 8 },
};

function sizes(): Json {
  return {
    fontSizes: { small: 12, default: 14, medium: 14, large: 18, extraLarge: 24 },
    fontWeights: { lighter: 400, default: 400, bolder: 600 },
  };
}
