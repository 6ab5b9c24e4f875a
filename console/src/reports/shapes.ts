import type { Api } from '../api-types.ts'

export type ReportBody = Api['POST /api/reports/query']['body']
export type Report = Api['POST /api/reports/query']['answer']
export type Figures = Report['totals']
export type ReportRow = Report['rows'][number]
export type Group = ReportRow['group']
export type Grouping = NonNullable<ReportBody['groupBy']>[number]
export type Loss = Report['losses'][number]
export type CallsBody = Api['POST /api/reports/calls']['body']
export type CountedStep = NonNullable<CallsBody['step']>
export type FoundCall = Api['POST /api/reports/calls']['answer']['transactions'][number]
export type Variants = Api['POST /api/reports/variants']['answer']
export type OptOut = Api['POST /api/reports/opt-outs']['answer']['entries'][number]
