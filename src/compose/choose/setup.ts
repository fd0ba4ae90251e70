/** A step as `init` writes it. */
export interface SetupStep {
  /** In percent. */
  weight: number;
  /** In Compose's notation. */
  for: string;
}

/** What a person decides about canary.yaml besides the services. */
export interface Setup {
  /** Where requests say who their user is, in the words of canary.yaml. */
  identity?: readonly string[] | undefined;
  /** None: the weight is set by hand. */
  steps?: readonly SetupStep[] | undefined;
  promote?: 'auto' | 'manual' | undefined;
  /** The service that migrates the database. */
  migrate?: string | undefined;
}

/** The steps that suit most shops; `init` writes them unless the operator says otherwise. */
export const CAREFUL: readonly SetupStep[] = [5, 25, 50].map((weight) => ({ weight, for: '10m' }));

/** Steps in words: `5 %, 25 %, 50 % of users, 10m each`. */
export function stepsText(steps: readonly SetupStep[]): string {
  const [first, ...others] = steps;
  if (!first) return 'No steps';
  const isEven = others.every((each) => each.for === first.for);
  if (!isEven)
    return steps.map(({ weight, for: hold }) => `${weight} % of users for ${hold}`).join(', ');
  const weights = steps.map(({ weight }) => `${weight} %`).join(', ');
  return `${weights} of users, ${first.for}${others.length > 0 ? ' each' : ''}`;
}
