import type { StatefulApp } from '../app/app.ts';
import { watchNews, type NewsWatch } from '../app/mcp-news.ts';

/** Those who are told when a resource changed. */
export interface Told {
  isWatched(): boolean;
  resourceUpdated(uri: string): void;
}

const EVERY_MS = 1_000;

/** Tells clients of resources that changed, while one wants to know. Call what it returns to end it. */
export function watchResources(app: StatefulApp, told: Told, onTrouble: (error: unknown) => void): () => void {
  let watch: NewsWatch | null = null;
  const timer = setInterval(() => {
    try {
      if (!told.isWatched()) watch = null;
      else if (watch === null) watch = watchNews(app);
      else for (const uri of urisOf(watch)) told.resourceUpdated(uri);
    } catch (error) {
      onTrouble(error);
    }
  }, EVERY_MS).unref();
  return () => clearInterval(timer);
}

function urisOf(watch: NewsWatch): readonly string[] {
  const { findings, runs, plans } = watch.look();
  return [
    ...(findings.length === 0 ? [] : ['holdfast://findings']),
    ...findings.map((id) => `holdfast://findings/${id}`),
    ...(plans.length === 0 ? [] : ['holdfast://plans']),
    ...plans.map((id) => `holdfast://plans/${id}`),
    ...runs.flatMap((id) => ['holdfast://runs/last', `holdfast://runs/${id}`]),
  ];
}
