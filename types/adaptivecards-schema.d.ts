// adaptivecards-templating 2.3.1 imports a .ts source file of `adaptivecards`, which skipLibCheck does not cover and which
// does not compile under our flags (TS1287, TS1294). tsconfig.json maps that import to this declaration instead.
export interface IAdaptiveCard {
  [name: string]: unknown;
}
