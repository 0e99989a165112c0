/* What the tables of dash-ag-grid draw in a cell by name: a case's number leads to its page. */
window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {};
window.dashAgGridComponentFunctions.CaseLink = ({ data }) =>
  data ? React.createElement("a", { href: `/incident/${data.id}${document.documentElement.lang === "en" ? "?lang=en" : ""}` }, data.number) : null;
